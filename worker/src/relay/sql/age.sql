-- How long the oldest message has waited for destination $1, in seconds; without those that were given up.
SELECT extract(epoch FROM now() - o.created_at)::float8
FROM outbox_owed u JOIN outbox_messages o ON o.id = u.ids[1]
WHERE u.destination = $1
ORDER BY u.batch
LIMIT 1
