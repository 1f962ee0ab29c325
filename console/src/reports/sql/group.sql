-- Dead letters with one cause, by state; what it is called comes from the newest.
SELECT d.state, count(*) AS count, min(d.first_failed_at) AS first_failed_at, min(d.dead_at) AS first_dead_at,
       max(d.dead_at) AS last_dead_at
FROM dead_letters d WHERE d.fingerprint = $1 GROUP BY d.state ORDER BY d.state
