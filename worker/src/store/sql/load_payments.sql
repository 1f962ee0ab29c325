SELECT id, order_id, state::text FROM payments WHERE id = ANY ($1) ORDER BY id FOR UPDATE
