DELETE FROM payments WHERE id = ANY ($1)
