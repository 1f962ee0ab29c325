-- What a destination is owed now, oldest first; see unsent.sql.
SELECT o.id, o.key, o.account, o.livemode, o.topic, o.payload::text, o.created_at, d.partition, d.attempts,
       o.traceparent
FROM outbox_deliveries d JOIN outbox o ON o.id = d.outbox_id
WHERE d.destination = $1 AND d.state = 'pending' AND d.next_attempt_at <= now()
  AND NOT EXISTS (SELECT FROM outbox_deliveries e
                  WHERE e.destination = $1 AND e.state = 'pending' AND e.attempts > 0
                    AND e.partition = d.partition AND e.outbox_id < d.outbox_id AND e.next_attempt_at > now())
ORDER BY d.outbox_id
LIMIT $2
