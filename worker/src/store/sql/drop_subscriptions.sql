DELETE FROM subscriptions WHERE id = ANY ($1)
