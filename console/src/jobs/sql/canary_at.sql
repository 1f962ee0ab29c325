UPDATE jobs SET canary_at = coalesce(canary_at, now()) WHERE id = $1 RETURNING canary_at
