SELECT role, disabled_at IS NOT NULL AS disabled FROM users WHERE name = $1
