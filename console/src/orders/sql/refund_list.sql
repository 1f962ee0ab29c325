SELECT id, payment_id, amount, currency, status, reason, failure_reason, updated_at
FROM refunds WHERE payment_id = ANY($1::text[]) ORDER BY updated_at DESC, id LIMIT 100
