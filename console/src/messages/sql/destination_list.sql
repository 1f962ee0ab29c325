-- What waits for `amqp` is in outbox_unsent.
SELECT name, topics, state, failures, last_error, resume_at, updated_at,
       CASE WHEN name = 'amqp' THEN (SELECT coalesce(sum(cardinality(ids)), 0)::int8 FROM outbox_unsent)
            ELSE (SELECT count(*) FROM outbox_deliveries d WHERE d.destination = name AND d.state = 'pending')
       END AS pending,
       given_up.messages AS failed
FROM outbox_destinations
     CROSS JOIN LATERAL (SELECT count(*) FROM outbox_deliveries d
                         WHERE d.destination = name AND d.state = 'failed') AS given_up (messages)
ORDER BY name
