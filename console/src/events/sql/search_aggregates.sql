-- What an id leads to: aggregates that have it, that it is an object of, or that hang on those.
-- $1 any id, $2 an order, $3 a customer; the ones not asked for are null.
WITH named (aggregate, id) AS (
    SELECT 'payment', id FROM payments WHERE id = $1
    UNION SELECT 'payment', payment_id FROM charges WHERE id = $1 AND payment_id IS NOT NULL
    UNION SELECT 'payment', payment_id FROM refunds WHERE id = $1
    UNION SELECT 'payment', payment_id FROM disputes WHERE id = $1
    UNION SELECT 'payment', id FROM payments WHERE order_id IN ($1, $2)
    UNION SELECT 'order', id FROM orders WHERE id IN ($1, $2)
    UNION SELECT 'subscription', id FROM subscriptions WHERE id = $1
    UNION SELECT 'invoice', id FROM invoices WHERE id = $1
    UNION (SELECT 'payment', id FROM payments WHERE customer IN ($1, $3) ORDER BY id DESC LIMIT 300)
    UNION (SELECT 'order', id FROM orders WHERE customer IN ($1, $3) ORDER BY id DESC LIMIT 300)
    UNION (SELECT 'subscription', id FROM subscriptions WHERE customer IN ($1, $3) ORDER BY id DESC LIMIT 100)
    UNION (SELECT 'invoice', id FROM invoices WHERE customer IN ($1, $3) ORDER BY id DESC LIMIT 300)
    UNION SELECT x.aggregate, x.aggregate_id FROM effects x WHERE x.event_id = $1
    UNION SELECT x.aggregate, x.aggregate_id FROM events e JOIN effects x ON x.event_id = e.id WHERE e.object_id = $1
)
SELECT aggregate, id FROM named
UNION SELECT 'payment', p.id FROM named n JOIN payments p ON n.aggregate = 'order' AND p.order_id = n.id
UNION SELECT 'order', p.order_id FROM named n JOIN payments p ON n.aggregate = 'payment' AND p.id = n.id
      WHERE p.order_id IS NOT NULL
UNION SELECT 'invoice', i.id FROM named n JOIN invoices i ON n.aggregate = 'subscription' AND i.subscription_id = n.id
UNION SELECT 'subscription', i.subscription_id FROM named n JOIN invoices i ON n.aggregate = 'invoice' AND i.id = n.id
      WHERE i.subscription_id IS NOT NULL
LIMIT 1000
