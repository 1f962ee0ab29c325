-- A failure long after the last one begins anew. What is long over is cleared away: names are the caller's choice.
WITH cleared AS (DELETE FROM sign_in_failures WHERE last_at < now() - interval '1 day' AND subject <> $1)
INSERT INTO sign_in_failures AS f (subject, failures, last_at) VALUES ($1, 1, now())
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN f.last_at < now() - interval '15 minutes' OR f.locked_until < now() THEN 1 ELSE f.failures + 1 END,
    locked_until = CASE WHEN f.last_at >= now() - interval '15 minutes' AND (f.locked_until IS NULL OR f.locked_until >= now())
                             AND f.failures + 1 >= $2 THEN $3::timestamptz END,
    last_at = now()
RETURNING locked_until IS NOT NULL AS locked
