SELECT id, order_id, customer, currency, amount, amount_paid, amount_refunded, held_reason, status, dispute, ambiguous, updated_at
FROM payments WHERE order_id = $1 AND account = $2 AND livemode = $3 ORDER BY updated_at DESC, id LIMIT 100
