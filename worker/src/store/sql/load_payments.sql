SELECT id, order_id, held_reason, state::text FROM payments WHERE id = ANY ($1) ORDER BY id FOR UPDATE
