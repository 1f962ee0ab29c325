-- What an id leads to: aggregates that have it, that it is an object of, or that hang on those.
-- $1 any id, $2 an order, $3 a customer; the ones not asked for are null. $4 account and $5 mode, or null for all.
WITH named (aggregate, id, account, livemode) AS (
    SELECT 'payment', id, account, livemode FROM payments WHERE id = $1
    UNION SELECT 'payment', p.id, p.account, p.livemode FROM charges c JOIN payments p ON p.id = c.payment_id WHERE c.id = $1
    UNION SELECT 'payment', p.id, p.account, p.livemode FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.id = $1
    UNION SELECT 'payment', p.id, p.account, p.livemode FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE d.id = $1
    UNION SELECT 'payment', id, account, livemode FROM payments WHERE order_id IN ($1, $2)
    UNION SELECT 'order', id, account, livemode FROM orders WHERE id IN ($1, $2)
    UNION SELECT 'subscription', id, account, livemode FROM subscriptions WHERE id = $1
    UNION SELECT 'invoice', id, account, livemode FROM invoices WHERE id = $1
    UNION (SELECT 'payment', id, account, livemode FROM payments WHERE customer IN ($1, $3) ORDER BY id DESC LIMIT 300)
    UNION (SELECT 'order', id, account, livemode FROM orders WHERE customer IN ($1, $3) ORDER BY id DESC LIMIT 300)
    UNION (SELECT 'subscription', id, account, livemode FROM subscriptions WHERE customer IN ($1, $3)
           ORDER BY id DESC LIMIT 100)
    UNION (SELECT 'invoice', id, account, livemode FROM invoices WHERE customer IN ($1, $3) ORDER BY id DESC LIMIT 300)
    UNION SELECT x.aggregate, x.aggregate_id, coalesce(e.account, ''), e.livemode
          FROM events e JOIN effects x ON x.event_id = e.id WHERE e.id = $1
    UNION SELECT x.aggregate, x.aggregate_id, coalesce(e.account, ''), e.livemode
          FROM events e JOIN effects x ON x.event_id = e.id WHERE e.object_id = $1
),
-- An order that is registered for the mode of its first payment belongs to either.
wanted AS (
    SELECT * FROM named WHERE ($4::text IS NULL OR account = $4) AND ($5::bool IS NULL OR livemode = $5 OR livemode IS NULL)
)
SELECT aggregate, id, account, livemode FROM wanted
UNION SELECT 'payment', p.id, p.account, p.livemode
      FROM wanted w JOIN payments p ON w.aggregate = 'order' AND p.order_id = w.id AND p.account = w.account
                                       AND (p.livemode = w.livemode OR w.livemode IS NULL)
UNION SELECT 'order', o.id, o.account, o.livemode
      FROM wanted w JOIN payments p ON w.aggregate = 'payment' AND p.id = w.id
      JOIN orders o ON o.id = p.order_id AND o.account = p.account AND (o.livemode = p.livemode OR o.livemode IS NULL)
UNION SELECT 'invoice', i.id, i.account, i.livemode
      FROM wanted w JOIN invoices i ON w.aggregate = 'subscription' AND i.subscription_id = w.id
UNION SELECT 'subscription', s.id, s.account, s.livemode
      FROM wanted w JOIN invoices i ON w.aggregate = 'invoice' AND i.id = w.id
      JOIN subscriptions s ON s.id = i.subscription_id
LIMIT 1000
