-- The next ones, but no more than memory has room for: a body may have megabytes. The first always.
WITH sized AS (
    SELECT position, sum(bytes) OVER (ORDER BY position) - bytes AS before
    FROM (SELECT i.position, octet_length(d.payload) AS bytes
          FROM job_items i JOIN dead_letters d ON d.id = i.dead_letter_id
          WHERE i.job_id = $1 AND i.state = 'waiting' ORDER BY i.position LIMIT $2) waiting)
SELECT i.position, d.id, d.event_id, d.type, d.payload, d.endpoint, d.received_at, d.traceparent, d.state, d.state_at,
       e.outcome
FROM job_items i
JOIN sized s ON s.position = i.position AND s.before < 16777216
JOIN jobs j ON j.id = i.job_id AND j.state IN ('canary', 'running')
JOIN dead_letters d ON d.id = i.dead_letter_id
LEFT JOIN events e ON e.id = d.event_id
WHERE i.job_id = $1 AND i.state = 'waiting'
ORDER BY i.position
FOR UPDATE OF i, d
