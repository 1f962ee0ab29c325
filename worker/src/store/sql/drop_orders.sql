DELETE FROM orders WHERE id = ANY ($1) AND NOT registered
