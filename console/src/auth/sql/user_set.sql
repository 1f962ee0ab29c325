INSERT INTO users (name, role, password) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password, disabled_at = NULL,
    change_password = false
