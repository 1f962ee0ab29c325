SELECT role, password FROM users WHERE name = $1 AND disabled_at IS NULL
