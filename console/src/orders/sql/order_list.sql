SELECT id, account, livemode, customer, amount, currency, reference_code, registered, status, status_since,
       amount_paid, amount_refunded, amount_disputed, payment_intent, created_at, updated_at
FROM orders WHERE id = ANY($1::text[]) ORDER BY created_at DESC, id LIMIT 100
