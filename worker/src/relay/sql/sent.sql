-- Destination $4 has the messages $3. Those in $2 are done: sent, skipped or given up; $1 are their batches in outbox_owed,
-- of which only the rest stays. A message that had failed before is no longer owed.
WITH done AS MATERIALIZED (SELECT batch, id FROM unnest($1::bigint[], $2::bigint[]) AS d (batch, id)),
rest AS MATERIALIZED (
    SELECT u.batch, array_agg(i.id ORDER BY i.position) FILTER (WHERE d.id IS NULL) AS ids
    FROM outbox_owed u
         CROSS JOIN LATERAL unnest(u.ids) WITH ORDINALITY AS i (id, position)
         LEFT JOIN done d ON d.batch = u.batch AND d.id = i.id
    WHERE u.destination = $4 AND u.batch = ANY ($1)
    GROUP BY u.batch
), finished AS (
    DELETE FROM outbox_owed u USING rest WHERE u.destination = $4 AND u.batch = rest.batch AND rest.ids IS NULL
), shortened AS (
    UPDATE outbox_owed u SET ids = rest.ids FROM rest
    WHERE u.destination = $4 AND u.batch = rest.batch AND rest.ids IS NOT NULL
), recovered AS (
    UPDATE outbox_deliveries SET state = 'sent', sent_at = now(), attempts = attempts + 1, last_error = NULL
    WHERE outbox_id = ANY ($3) AND destination = $4
), published AS (
    INSERT INTO outbox_sent (outbox_id, sent_at) SELECT DISTINCT id, now() FROM unnest($3::bigint[]) AS s (id) WHERE $4 = 'amqp'
    ON CONFLICT (outbox_id) DO UPDATE SET sent_at = excluded.sent_at
)
INSERT INTO outbox_delivered (outbox_id, destination, sent_at)
SELECT DISTINCT id, $4, now() FROM unnest($3::bigint[]) AS s (id) WHERE $4 <> 'amqp'
ON CONFLICT (outbox_id, destination) DO UPDATE SET sent_at = excluded.sent_at
