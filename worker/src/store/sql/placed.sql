SELECT id, payment_id FROM refunds WHERE id = ANY ($1)
UNION ALL
SELECT id, payment_id FROM disputes WHERE id = ANY ($1)
