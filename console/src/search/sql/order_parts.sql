-- Orders whose id contains a text, newest first. $1 is its pattern; $2 account and $3 mode, or null for all.
SELECT 'order' AS kind, id, account, livemode, status, amount, currency, NULL::text AS order_id, customer, created_at AS at
FROM orders
WHERE lower(id) LIKE $1::text AND ($2::text IS NULL OR account = $2) AND ($3::bool IS NULL OR livemode = $3 OR livemode IS NULL)
ORDER BY created_at DESC, number DESC LIMIT $4
