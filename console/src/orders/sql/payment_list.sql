SELECT id, order_id, customer, currency, amount, amount_paid, amount_refunded, held_reason, status, dispute, ambiguous, updated_at
FROM payments WHERE id = ANY($1::text[]) ORDER BY updated_at DESC, id LIMIT 100
