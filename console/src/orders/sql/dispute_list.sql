SELECT id, payment_id, amount, currency, status, state, reason, due_by, withdrawn, reinstated, updated_at
FROM disputes WHERE payment_id = ANY($1::text[]) ORDER BY updated_at DESC, id LIMIT 100
