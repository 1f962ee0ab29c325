-- Without a mode: in whichever there is one.
SELECT id, account, livemode, customer, amount, currency, reference_code, registered, status, status_since,
       amount_paid, amount_refunded, amount_disputed, payment_intent, created_at, updated_at
FROM orders
WHERE id = $1 AND account = $2 AND ($3::bool IS NULL OR livemode = $3 OR livemode IS NULL)
ORDER BY livemode LIMIT 2
