SELECT id, account, livemode, customer, amount, currency, reference_code, registered, status, status_since,
       amount_paid, amount_refunded, amount_disputed, payment_intent, created_at, updated_at
FROM orders
WHERE id = ANY($1::text[]) AND ($2::text IS NULL OR account = $2) AND ($3::bool IS NULL OR livemode = $3 OR livemode IS NULL)
ORDER BY created_at DESC, id LIMIT 100
