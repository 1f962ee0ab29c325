-- From one of the states given to another; nothing happens when it is in none of them.
UPDATE jobs SET state = $3, note = $4,
                finished_at = CASE WHEN $3 IN ('canceled', 'stopped', 'done') THEN now() END
WHERE id = $1 AND state = ANY($2)
