-- Events that touched everything that was asked for. What was asked for is numbered: $1 numbers, $2 kinds, $3 ids, $4
-- accounts and $5 modes of aggregates; $6 numbers and $7 ids as they were asked for; $8 how many were asked for.
WITH asked AS (SELECT * FROM unnest($6::int[], $7::text[]) AS a (number, id)),
touched (number, id, account, livemode) AS (
    SELECT a.number, x.event_id, a.account, a.livemode
    FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::bool[]) AS a (number, aggregate, id, account, livemode)
    JOIN effects x ON x.aggregate = a.aggregate AND x.aggregate_id = a.id
    UNION SELECT a.number, e.id, NULL, NULL FROM asked a JOIN events e ON e.id = a.id
    UNION SELECT a.number, e.id, NULL, NULL FROM asked a JOIN events e ON e.object_id = a.id
    UNION SELECT a.number, r.event_id, NULL, NULL FROM asked a JOIN event_refs r ON r.ref = a.id
    UNION SELECT a.number, d.event_id, NULL, NULL FROM asked a JOIN dead_letters d ON d.refs @> ARRAY[a.id])
SELECT e.id, e.type, e.created, e.livemode, e.account, e.api_version, e.object_id, e.endpoint, e.received_at, e.outcome,
       e.attempts, e.reason, e.last_error, e.next_attempt_at, e.processed_at, event_about(e.payload::text) AS about
FROM touched t JOIN events e ON e.id = t.id
-- An effect names an order by its id alone: it is the one in the account and mode of its event.
WHERE (t.account IS NULL OR t.account = coalesce(e.account, '')) AND (t.livemode IS NULL OR t.livemode = e.livemode)
  AND ($9::text IS NULL OR e.type = $9)
  AND ($10::text IS NULL OR e.outcome = $10)
  AND ($11::text IS NULL OR e.object_id = $11)
  AND ($12::text IS NULL OR coalesce(e.account, '') = $12)
  AND ($13::bool IS NULL OR e.livemode = $13)
  AND ($14::text[] IS NULL OR e.type = ANY ($14))
  AND ($15::text IS NULL OR e.endpoint = $15)
  AND ($16::timestamptz IS NULL OR e.received_at >= $16)
  AND ($17::timestamptz IS NULL OR e.received_at < $17)
