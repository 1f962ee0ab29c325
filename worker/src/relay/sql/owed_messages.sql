-- Those of the messages $1 that may be sent to destination $2 now, in this order. Behind a message that waits for its next
-- attempt its partition waits; the others do not. LIMIT 1 keeps the planner to one look-up for each message, whatever it
-- believes of tables that grow and shrink fast.
SELECT o.id, o.key, o.account, o.livemode, o.topic, o.payload::text, o.created_at, p.name, coalesce(d.attempts, 0),
       o.traceparent
FROM unnest($1::bigint[]) WITH ORDINALITY AS i (id, position)
     CROSS JOIN LATERAL (SELECT * FROM outbox_messages m WHERE m.id = i.id LIMIT 1) AS o
     CROSS JOIN LATERAL (SELECT outbox_partition(o.account, o.livemode, o.topic, o.key, o.payload)) AS p (name)
     LEFT JOIN LATERAL (SELECT * FROM outbox_deliveries w
                        WHERE w.outbox_id = o.id AND w.destination = $2 LIMIT 1) AS d ON true
WHERE (d.state IS DISTINCT FROM 'pending' OR d.next_attempt_at <= now())
  AND NOT EXISTS (SELECT FROM outbox_deliveries e
                  WHERE e.destination = $2 AND e.state = 'pending' AND e.attempts > 0
                    AND e.partition = p.name AND e.outbox_id < o.id AND e.next_attempt_at > now())
ORDER BY i.position
