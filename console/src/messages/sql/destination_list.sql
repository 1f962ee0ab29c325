-- What waits for `amqp` is what has no time of sending, without what was given up.
SELECT name, topics, state, failures, last_error, resume_at, updated_at,
       CASE WHEN name = 'amqp' THEN (SELECT count(*) FROM outbox WHERE sent_at IS NULL) - given_up.messages
            ELSE (SELECT count(*) FROM outbox_deliveries d WHERE d.destination = name AND d.state = 'pending')
       END AS pending,
       given_up.messages AS failed
FROM outbox_destinations
     CROSS JOIN LATERAL (SELECT count(*) FROM outbox_deliveries d
                         WHERE d.destination = name AND d.state = 'failed') AS given_up (messages)
ORDER BY name
