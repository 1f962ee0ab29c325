SELECT id, payment_id, account, livemode, order_id, reason, customer, amount, currency, order_amount, order_currency,
       state, resolution, opened_at, closed_at
FROM cases
WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR reason = $2)
  AND ($3::text IS NULL OR order_id = $3) AND ($4::text IS NULL OR payment_id = $4)
  AND ($5::text IS NULL OR account = $5) AND ($6::bool IS NULL OR livemode = $6)
  AND ($7::timestamptz IS NULL OR opened_at >= $7) AND ($8::timestamptz IS NULL OR opened_at < $8)
