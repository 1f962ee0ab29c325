-- Events that touched everything that was asked for. What was asked for is numbered: $1 numbers, $2 kinds and $3 ids
-- of aggregates; $4 numbers and $5 ids as they were asked for; $6 how many were asked for.
WITH asked AS (SELECT * FROM unnest($4::int[], $5::text[]) AS a (number, id)),
touched AS (
    SELECT a.number, x.event_id AS id FROM unnest($1::int[], $2::text[], $3::text[]) AS a (number, aggregate, id)
    JOIN effects x ON x.aggregate = a.aggregate AND x.aggregate_id = a.id
    UNION SELECT a.number, e.id FROM asked a JOIN events e ON e.id = a.id
    UNION SELECT a.number, e.id FROM asked a JOIN events e ON e.object_id = a.id
    UNION SELECT a.number, r.event_id FROM asked a JOIN event_refs r ON r.ref = a.id
    UNION SELECT a.number, d.event_id FROM asked a JOIN dead_letters d ON d.refs @> ARRAY[a.id]),
wanted AS (SELECT id FROM touched GROUP BY id HAVING count(*) = $6::int)
SELECT e.id, e.type, e.created, e.livemode, e.account, e.api_version, e.object_id, e.endpoint, e.received_at, e.outcome,
       e.attempts, e.reason, e.last_error, e.next_attempt_at, e.processed_at
FROM wanted w JOIN events e ON e.id = w.id
WHERE ($7::text IS NULL OR e.type = $7)
  AND ($8::text IS NULL OR e.outcome = $8)
  AND ($9::text IS NULL OR e.object_id = $9)
  AND ($10::timestamptz IS NULL OR (e.received_at, e.id) < ($10, $11::text))
ORDER BY e.received_at DESC, e.id DESC
LIMIT $12
