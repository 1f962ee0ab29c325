SELECT id, account, livemode, customer, amount, currency, reference_code, registered, status, status_since,
       amount_paid, amount_refunded, amount_disputed, payment_intent, created_at, updated_at, number
FROM orders
WHERE ($1::text IS NULL OR customer = $1) AND ($2::text IS NULL OR status = $2)
  AND ($3::timestamptz IS NULL OR created_at >= $3) AND ($4::timestamptz IS NULL OR created_at < $4)
  AND ($5::text IS NULL OR account = $5) AND ($6::bool IS NULL OR livemode = $6)
