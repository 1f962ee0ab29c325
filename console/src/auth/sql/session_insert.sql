WITH cleared AS (DELETE FROM sessions WHERE expires_at < now())
INSERT INTO sessions (id_hash, user_name, csrf, by_proxy, expires_at) VALUES ($1, $2, $3, $4, $5)
