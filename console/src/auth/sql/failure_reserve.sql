-- Counts an attempt before its password is looked at: of many at once no more get through than the limit allows.
-- No row: the subject is locked out. A failure long after the last one begins anew.
INSERT INTO sign_in_failures AS f (subject, failures, last_at) VALUES ($1, 1, now())
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN f.last_at < now() - interval '15 minutes' OR f.locked_until <= now() THEN 1 ELSE f.failures + 1 END,
    locked_until = CASE WHEN f.last_at >= now() - interval '15 minutes' AND f.locked_until IS NULL
                             AND f.failures + 1 >= $2 THEN $3::timestamptz END,
    last_at = now()
WHERE f.locked_until IS NULL OR f.locked_until <= now()
RETURNING locked_until IS NOT NULL AS locked
