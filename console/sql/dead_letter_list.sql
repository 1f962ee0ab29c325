SELECT id, event_id, type, reason, error, attempts, fingerprint, endpoint, received_at, first_failed_at, dead_at,
       state, state_at, replays
FROM dead_letters
WHERE ($1::text IS NULL OR type = $1)
  AND ($2::text IS NULL OR reason = $2)
  AND ($3::text IS NULL OR fingerprint = $3)
  AND ($4::text IS NULL OR state = $4)
  AND ($5::text IS NULL OR refs @> ARRAY[$5]
       OR (event_id || ' ' || type || ' ' || reason || ' ' || error) ILIKE $6)
  AND ($7::timestamptz IS NULL OR dead_at >= $7)
  AND ($8::timestamptz IS NULL OR dead_at < $8)
  AND ($9::bigint IS NULL OR id < $9)
ORDER BY id DESC
LIMIT $10
