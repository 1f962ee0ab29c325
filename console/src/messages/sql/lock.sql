-- Locks what the relay writes when it sends a message to a destination.
SELECT o.id FROM outbox o LEFT JOIN outbox_deliveries d ON d.outbox_id = o.id AND d.destination = $2
WHERE o.id = $1 FOR UPDATE OF o
