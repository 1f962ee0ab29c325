SELECT id, customer, amount, currency, reference_code, registered, status, amount_paid, amount_refunded,
       payment_intent, created_at, updated_at
FROM orders WHERE id = $1
