SELECT name, topics, state, failures, last_error, resume_at, updated_at,
       (SELECT coalesce(sum(cardinality(ids)), 0)::int8 FROM outbox_owed WHERE destination = name) AS pending,
       given_up.messages AS failed
FROM outbox_destinations
     CROSS JOIN LATERAL (SELECT count(*) FROM outbox_deliveries d
                         WHERE d.destination = name AND d.state = 'failed') AS given_up (messages)
ORDER BY name
