-- How it stands after an attempt. $4: for how many seconds it is paused; null: until somebody resumes it. Staff are to
-- hear of it when it is paused, not while it stays so.
WITH before AS (SELECT state FROM outbox_destinations WHERE name = $1),
standing AS (
    UPDATE outbox_destinations
    SET failures = $2, state = CASE WHEN $3 THEN 'paused' ELSE 'active' END,
        resume_at = CASE WHEN $3 THEN now() + $4::float8 * interval '1 second' END, last_error = $5, updated_at = now()
    WHERE name = $1 AND state <> 'removed'
)
INSERT INTO alerts (topic, about, pending)
SELECT 'alert.delivery_failed', $1, true FROM before WHERE $3 AND state = 'active'
ON CONFLICT (topic, about) DO UPDATE SET pending = true
