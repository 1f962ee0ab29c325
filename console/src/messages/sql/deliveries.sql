-- Where messages stand at each destination. outbox_deliveries has a row where the first attempt failed, or there was nothing
-- to send; without one a message is owed, or sent. Alerts never go to `amqp`.
SELECT o.id AS outbox_id, 'amqp' AS destination,
       coalesce(d.state, CASE WHEN o.sent_at IS NULL THEN 'pending' ELSE 'sent' END) AS state,
       coalesce(d.attempts, CASE WHEN o.sent_at IS NULL THEN 0 ELSE 1 END) AS attempts,
       CASE WHEN d.state = 'pending' THEN d.next_attempt_at END AS next_attempt_at, d.last_error, o.sent_at
FROM outbox o LEFT JOIN outbox_deliveries d ON d.outbox_id = o.id AND d.destination = 'amqp'
WHERE o.id = ANY ($1::int8[]) AND NOT starts_with(o.topic, 'alert.')
UNION
SELECT s.outbox_id, s.destination, coalesce(d.state, s.state), coalesce(d.attempts, s.attempts),
       CASE WHEN d.state = 'pending' THEN d.next_attempt_at END, d.last_error, coalesce(d.sent_at, s.sent_at)
FROM (SELECT outbox_id, destination, 'sent' AS state, 1 AS attempts, sent_at
      FROM outbox_delivered WHERE outbox_id = ANY ($1)
      UNION ALL
      SELECT i.id, w.destination, 'pending', 0, NULL
      FROM outbox_owed w, unnest(w.ids) AS i (id) WHERE w.destination <> 'amqp' AND i.id = ANY ($1)
      UNION ALL
      SELECT outbox_id, destination, state, attempts, sent_at
      FROM outbox_deliveries e
      WHERE outbox_id = ANY ($1) AND destination <> 'amqp' AND state <> 'pending'
        AND NOT EXISTS (SELECT FROM outbox_delivered g WHERE g.outbox_id = e.outbox_id AND g.destination = e.destination)) AS s
     LEFT JOIN outbox_deliveries d ON d.outbox_id = s.outbox_id AND d.destination = s.destination
ORDER BY 1, 2
