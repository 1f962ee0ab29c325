WITH disabled AS (UPDATE users SET disabled_at = now() WHERE name = $1 AND disabled_at IS NULL RETURNING name),
     ended AS (DELETE FROM sessions WHERE user_name IN (SELECT name FROM disabled))
SELECT name FROM disabled
