SELECT id FROM payments WHERE id = ANY ($1)
