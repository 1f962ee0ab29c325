-- Where messages stand at each destination. `amqp` has a row for failures only: outbox.sent_at says the rest. Alerts
-- never go there.
SELECT o.id AS outbox_id, 'amqp' AS destination,
       coalesce(d.state, CASE WHEN o.sent_at IS NULL THEN 'pending' ELSE 'sent' END) AS state,
       coalesce(d.attempts, CASE WHEN o.sent_at IS NULL THEN 0 ELSE 1 END) AS attempts,
       CASE WHEN d.state = 'pending' THEN d.next_attempt_at END AS next_attempt_at, d.last_error, o.sent_at
FROM outbox o LEFT JOIN outbox_deliveries d ON d.outbox_id = o.id AND d.destination = 'amqp'
WHERE o.id = ANY ($1::int8[]) AND NOT starts_with(o.topic, 'alert.')
UNION ALL
SELECT outbox_id, destination, state, attempts, CASE WHEN state = 'pending' THEN next_attempt_at END, last_error, sent_at
FROM outbox_deliveries WHERE outbox_id = ANY ($1) AND destination <> 'amqp'
ORDER BY 1, 2
