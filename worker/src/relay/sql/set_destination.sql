-- How it stands after an attempt. $4: for how many seconds it is paused; null: until somebody resumes it.
UPDATE outbox_destinations
SET failures = $2, state = CASE WHEN $3 THEN 'paused' ELSE 'active' END,
    resume_at = CASE WHEN $3 THEN now() + $4::float8 * interval '1 second' END, last_error = $5, updated_at = now()
WHERE name = $1 AND state <> 'removed'
