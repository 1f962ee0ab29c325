SELECT id, state::text FROM subscriptions WHERE id = ANY ($1) ORDER BY id FOR UPDATE
