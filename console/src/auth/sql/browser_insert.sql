WITH cleared AS (DELETE FROM known_browsers WHERE seen_at < now() - interval '180 days')
INSERT INTO known_browsers (hash, user_name) VALUES ($1, $2)
