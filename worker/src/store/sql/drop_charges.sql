DELETE FROM charges WHERE id = ANY ($1)
