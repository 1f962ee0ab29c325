-- The dead letters of a job, by state.
SELECT d.state, count(*) AS count, min(d.first_failed_at) AS first_failed_at, min(d.dead_at) AS first_dead_at,
       max(d.dead_at) AS last_dead_at
FROM job_items i JOIN dead_letters d ON d.id = i.dead_letter_id WHERE i.job_id = $1 GROUP BY d.state ORDER BY d.state
