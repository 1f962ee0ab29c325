-- Events of these aggregates ($1 kinds, $2 ids), of these objects ($3), or dead with these ids in their body ($3).
WITH touched AS (
    SELECT x.event_id AS id FROM unnest($1::text[], $2::text[]) AS a (aggregate, id)
    JOIN effects x ON x.aggregate = a.aggregate AND x.aggregate_id = a.id
    UNION SELECT e.id FROM events e WHERE e.id = ANY($3::text[])
    UNION SELECT e.id FROM events e WHERE e.object_id = ANY($3)
    UNION SELECT d.event_id FROM dead_letters d WHERE d.refs && $3)
SELECT e.id, e.type, e.created, e.livemode, e.account, e.api_version, e.object_id, e.endpoint, e.received_at, e.outcome,
       e.attempts, e.reason, e.last_error, e.next_attempt_at, e.processed_at
FROM touched t JOIN events e ON e.id = t.id
WHERE ($4::text IS NULL OR e.type = $4)
  AND ($5::text IS NULL OR e.outcome = $5)
  AND ($6::text IS NULL OR e.object_id = $6)
  AND ($7::timestamptz IS NULL OR (e.received_at, e.id) < ($7, $8::text))
ORDER BY e.received_at DESC, e.id DESC
LIMIT $9
