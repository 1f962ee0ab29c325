-- Seconds that the oldest message waits for the exchange.
SELECT extract(epoch FROM now() - min(m.created_at))::float8 AS seconds
FROM (SELECT ids[1] AS id FROM outbox_unsent ORDER BY batch LIMIT 1) AS oldest
JOIN outbox_messages m ON m.id = oldest.id
