INSERT INTO tokens (name, role, scope, hash, created_by) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING
