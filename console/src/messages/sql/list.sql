-- $7: none, `sent` or `skipped`: those that stand so at a destination. outbox_deliveries has a row only where the first attempt
-- failed, or there was nothing to send. Scalar subqueries, which look up the messages of the page alone; an EXISTS would be
-- hashed over the whole table. What is owed is little, and is hashed.
SELECT o.id, o.key, o.account, o.livemode, o.topic, o.lasting, o.created_at
FROM outbox o
WHERE ($8::text IS NULL OR $8 = 'amqp'
       OR (SELECT true FROM outbox_delivered s WHERE s.outbox_id = o.id AND s.destination = $8)
       OR (SELECT true FROM outbox_deliveries d WHERE d.outbox_id = o.id AND d.destination = $8)
       OR ($7::text IS NULL AND o.id IN (SELECT unnest(w.ids) FROM outbox_owed w WHERE w.destination = $8)))
  AND ($7::text IS NULL OR ($7 = 'sent' AND o.sent_at IS NOT NULL AND coalesce($8, 'amqp') = 'amqp')
       OR ($7 = 'sent' AND (SELECT true FROM outbox_delivered s
                            WHERE s.outbox_id = o.id AND ($8 IS NULL OR s.destination = $8) LIMIT 1))
       OR (SELECT true FROM outbox_deliveries d
           WHERE d.outbox_id = o.id AND d.state = $7 AND ($8 IS NULL OR d.destination = $8) LIMIT 1))
  AND
