INSERT INTO tokens (name, role, hash, created_by) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING
