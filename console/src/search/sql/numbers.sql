-- The dead letter and the case with a number; a null one is not asked for.
SELECT 'dead_letter' AS kind, d.id::text AS id, d.account, d.livemode, d.state AS status, NULL::bigint AS amount,
       NULL::text AS currency, NULL::text AS order_id, NULL::text AS customer, d.dead_at AS at
FROM dead_letters d WHERE d.id = $1::int8
UNION ALL
SELECT 'case', c.id::text, c.account, c.livemode, c.state, c.amount, c.currency, c.order_id, c.customer, c.opened_at
FROM cases c WHERE c.id = $2::int8
