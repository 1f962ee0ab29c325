SELECT id, type, created, livemode, account, api_version, object_id, endpoint, received_at, outcome, attempts,
       reason, last_error, next_attempt_at, processed_at, event_about(payload::text) AS about
FROM events
WHERE ($1::text IS NULL OR type = $1)
  AND ($2::text IS NULL OR outcome = $2)
  AND ($3::text IS NULL OR object_id = $3)
  -- The company's own account is empty in the filter and null in the table.
  AND ($4::text IS NULL OR account = $4 OR ($4 = '' AND account IS NULL))
  AND ($5::bool IS NULL OR livemode = $5)
  -- Several types, where one was named by its beginning.
  AND ($6::text[] IS NULL OR type = ANY ($6))
  AND ($7::text IS NULL OR endpoint = $7)
  AND ($8::timestamptz IS NULL OR received_at >= $8)
  AND ($9::timestamptz IS NULL OR received_at < $9)
