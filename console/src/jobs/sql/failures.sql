SELECT i.dead_letter_id, i.state, i.note, i.at FROM job_items i
WHERE i.job_id = $1 AND i.state IN ('failed', 'unknown', 'skipped') ORDER BY i.position LIMIT 50
