-- From one of the states given to another; nothing happens when it is in none of them. A canary that is taken up
-- again gets its time anew.
UPDATE jobs SET state = $3, note = $4,
                paused_from = CASE WHEN $3 = 'paused' THEN state END,
                canary_at = CASE WHEN $3 <> 'canary' THEN canary_at END,
                finished_at = CASE WHEN $3 IN ('canceled', 'stopped', 'done') THEN now() END
WHERE id = $1 AND state = ANY($2)
