SELECT role, password IS NOT NULL AS has_password, disabled_at IS NOT NULL AS disabled FROM users WHERE name = $1 FOR UPDATE
