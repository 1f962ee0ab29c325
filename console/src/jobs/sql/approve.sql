UPDATE jobs SET state = CASE WHEN canary > 0 THEN 'canary' ELSE 'running' END, approved_by = $2, approved_at = now()
WHERE id = $1 AND state = 'proposed'
