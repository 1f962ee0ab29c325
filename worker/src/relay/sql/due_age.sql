-- How long the oldest message has waited for an HTTP destination, in seconds.
SELECT extract(epoch FROM now() - o.created_at)::float8
FROM outbox_deliveries d JOIN outbox o ON o.id = d.outbox_id
WHERE d.destination = $1 AND d.state = 'pending'
ORDER BY d.outbox_id
LIMIT 1
