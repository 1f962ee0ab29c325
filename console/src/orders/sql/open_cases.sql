SELECT id FROM cases
WHERE order_id = $1 AND account = $2 AND ($3::bool IS NULL OR livemode = $3) AND state = 'open' ORDER BY id
