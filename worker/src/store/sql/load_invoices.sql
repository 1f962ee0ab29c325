SELECT id, subscription_id, state::text FROM invoices WHERE id = ANY ($1) ORDER BY id FOR UPDATE
