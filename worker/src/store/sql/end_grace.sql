-- Takes access from subscriptions whose grace period is over.
UPDATE subscriptions SET access = false, updated_at = $1
WHERE access AND access_until <= $1
RETURNING id
