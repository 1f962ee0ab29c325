SELECT i.position, d.id, d.event_id, d.type, d.payload, d.endpoint, d.received_at, d.traceparent, d.state, e.outcome
FROM job_items i
JOIN jobs j ON j.id = i.job_id AND j.state IN ('canary', 'running')
JOIN dead_letters d ON d.id = i.dead_letter_id
LEFT JOIN events e ON e.id = d.event_id
WHERE i.job_id = $1 AND i.state = 'waiting'
ORDER BY i.position LIMIT $2
FOR UPDATE OF i, d
