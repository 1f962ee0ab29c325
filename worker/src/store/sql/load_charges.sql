SELECT id, payment_id FROM charges WHERE id = ANY ($1) ORDER BY id FOR UPDATE
