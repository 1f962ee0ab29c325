SELECT d.id, d.event_id, d.type, d.payload, d.endpoint, d.received_at, d.state, d.state_at, e.outcome, d.traceparent
FROM dead_letters d LEFT JOIN events e ON e.id = d.event_id
WHERE d.id = $1
FOR UPDATE OF d
