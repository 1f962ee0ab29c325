-- How long the oldest message has waited for the exchange, in seconds; without those that were given up.
SELECT extract(epoch FROM now() - o.created_at)::float8
FROM outbox_unsent u JOIN outbox_messages o ON o.id = u.ids[1]
ORDER BY u.batch
LIMIT 1
