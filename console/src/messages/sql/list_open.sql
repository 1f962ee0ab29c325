-- $7: `pending` or `failed`. Begins with what is open, which is little, rather than with all messages.
WITH open AS (
    SELECT outbox_id AS id FROM outbox_deliveries WHERE state = $7::text AND ($8::text IS NULL OR destination = $8)
    UNION
    SELECT w.id FROM outbox w
    WHERE $7 = 'pending' AND coalesce($8, 'amqp') = 'amqp' AND w.sent_at IS NULL
      AND NOT EXISTS (SELECT FROM outbox_deliveries d WHERE d.outbox_id = w.id AND d.destination = 'amqp')
)
SELECT o.id, o.key, o.account, o.livemode, o.topic, o.lasting, o.created_at
FROM open JOIN outbox o USING (id)
WHERE
