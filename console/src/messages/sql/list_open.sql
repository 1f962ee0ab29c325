-- $7: `pending` or `failed`. Begins with what is open, which is little, rather than with all messages.
WITH open AS (
    SELECT outbox_id AS id FROM outbox_deliveries WHERE state = $7::text AND ($8::text IS NULL OR destination = $8)
    UNION
    SELECT unnest(w.ids) FROM outbox_unsent w WHERE $7 = 'pending' AND coalesce($8, 'amqp') = 'amqp'
)
SELECT o.id, o.key, o.account, o.livemode, o.topic, o.lasting, o.created_at
FROM open JOIN outbox o USING (id)
WHERE
