-- The rows that an event touched, without what only the workers read.
SELECT 'payments' AS tbl, id, (to_jsonb(p) - 'state')::text AS cells FROM payments p WHERE id = ANY ($1)
UNION ALL
SELECT 'orders', id, (to_jsonb(o) - 'state' - 'number')::text FROM orders o
-- An order that was registered for either mode has none before its first payment.
WHERE EXISTS (SELECT FROM unnest($6::text[], $7::bool[], $2::text[]) AS key (account, livemode, id)
              WHERE o.id = key.id AND o.account = key.account AND (o.livemode = key.livemode OR o.livemode IS NULL))
UNION ALL
SELECT 'invoices', id, (to_jsonb(i) - 'state')::text FROM invoices i WHERE id = ANY ($3)
UNION ALL
SELECT 'subscriptions', id, (to_jsonb(s) - 'state')::text FROM subscriptions s WHERE id = ANY ($4)
UNION ALL
SELECT 'refunds', id, to_jsonb(r)::text FROM refunds r WHERE payment_id = ANY ($1)
UNION ALL
SELECT 'disputes', id, to_jsonb(d)::text FROM disputes d WHERE payment_id = ANY ($1)
UNION ALL
SELECT 'money_movements', key, to_jsonb(m)::text FROM money_movements m WHERE payment_id = ANY ($1)
UNION ALL
SELECT 'cases', payment_id, (to_jsonb(c) - 'id')::text FROM cases c WHERE payment_id = ANY ($1)
UNION ALL
SELECT 'events', id, (to_jsonb(e) - 'payload')::text FROM events e WHERE id = $5
UNION ALL
SELECT 'dead_letters', l.id::text, (to_jsonb(l) - 'payload')::text FROM dead_letters l WHERE event_id = $5
ORDER BY 1, 2
