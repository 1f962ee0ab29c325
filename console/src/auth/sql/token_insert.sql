INSERT INTO tokens (name, role, scope, hash, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (name) DO NOTHING
