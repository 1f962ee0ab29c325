SELECT id FROM charges WHERE payment_id = ANY ($1)
