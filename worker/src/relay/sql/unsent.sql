-- What the exchange has not got yet, oldest first. Behind a message that waits for its next attempt its partition waits;
-- the others do not.
SELECT o.id, o.key, o.account, o.livemode, o.topic, o.payload::text, o.created_at, p.name, coalesce(d.attempts, 0)
FROM outbox o
     CROSS JOIN LATERAL (SELECT outbox_partition(o.account, o.livemode, o.topic, o.key, o.payload)) AS p (name)
     LEFT JOIN outbox_deliveries d ON d.outbox_id = o.id AND d.destination = 'amqp'
WHERE o.sent_at IS NULL AND (d.state IS NULL OR (d.state = 'pending' AND d.next_attempt_at <= now()))
  AND NOT EXISTS (SELECT FROM outbox_deliveries e
                  WHERE e.destination = 'amqp' AND e.state = 'pending' AND e.attempts > 0
                    AND e.partition = p.name AND e.outbox_id < o.id AND e.next_attempt_at > now())
ORDER BY o.id
LIMIT $1
