WITH found AS (
    SELECT s.id_hash, s.user_name, s.csrf, s.by_proxy, s.seen_at, u.role, coalesce(u.change_password, false) AS change_password
    FROM sessions s LEFT JOIN users u ON u.name = s.user_name AND u.disabled_at IS NULL
    WHERE s.id_hash = $1 AND s.expires_at > now() AND s.seen_at > $2 AND (s.by_proxy OR u.role IS NOT NULL)),
     seen AS (UPDATE sessions SET seen_at = now()
              WHERE id_hash = (SELECT id_hash FROM found WHERE seen_at < now() - interval '1 minute'))
SELECT user_name, csrf, by_proxy, role, change_password FROM found
