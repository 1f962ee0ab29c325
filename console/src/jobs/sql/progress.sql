SELECT i.state, i.dead_again, d.state AS dead_letter_state, count(*) AS count
FROM job_items i LEFT JOIN dead_letters d ON d.id = i.dead_letter_id AND i.state IN ('sent', 'unknown')
WHERE i.job_id = $1 GROUP BY 1, 2, 3
