-- $7: `pending` or `failed`. Begins with what is open, which is little, rather than with all messages.
WITH open AS (
    SELECT outbox_id AS id FROM outbox_deliveries
    WHERE $7::text = 'failed' AND state = 'failed' AND ($8::text IS NULL OR destination = $8)
    UNION
    SELECT unnest(w.ids) FROM outbox_owed w WHERE $7::text = 'pending' AND ($8::text IS NULL OR w.destination = $8)
)
SELECT o.id, o.key, o.account, o.livemode, o.topic, o.lasting, o.created_at
FROM open JOIN outbox o USING (id)
WHERE
