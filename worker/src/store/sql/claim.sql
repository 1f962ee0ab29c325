-- Claims the events of a batch, in the order of their ids so that two batches that share ids cannot
-- deadlock. An event is free when it is new, or waits for a retry, or is dead; a replay ($14) may also
-- take an event that took effect, because applying it again changes nothing.
INSERT INTO events AS known
    (id, type, created, livemode, account, api_version, object_id, endpoint, received_at,
     outcome, attempts, reason, processed_at, payload, traceparent)
SELECT id, type, created, livemode, account, api_version, object_id, endpoint, received_at,
       CASE WHEN ignored IS NULL THEN 'processed' ELSE 'ignored' END, attempts, ignored, $13, payload::json,
       traceparent
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bool[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::timestamptz[], $10::int4[], $11::text[], $12::text[], $15::text[])
     AS batch (id, type, created, livemode, account, api_version, object_id, endpoint, received_at,
               attempts, ignored, payload, traceparent)
ORDER BY id
ON CONFLICT (id) DO UPDATE
SET outcome = excluded.outcome, attempts = excluded.attempts, reason = excluded.reason, last_error = NULL,
    next_attempt_at = NULL, processed_at = excluded.processed_at
WHERE known.outcome IN ('retrying', 'dead') OR known.id = ANY ($14)
RETURNING id, xmax <> 0 AS known_before
