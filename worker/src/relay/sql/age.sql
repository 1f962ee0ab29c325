-- How long the oldest message has waited for the exchange, in seconds; without those that were given up.
SELECT extract(epoch FROM now() - o.created_at)::float8
FROM outbox o
WHERE o.sent_at IS NULL
  AND NOT EXISTS (SELECT FROM outbox_deliveries d
                  WHERE d.outbox_id = o.id AND d.destination = 'amqp' AND d.state = 'failed')
ORDER BY o.id
LIMIT 1
