-- One row for an event. What fails again reopens its row, unless this is the message that is stored
-- already (the broker delivers again what was committed but not yet acknowledged).
-- What has taken effect meanwhile is resolved at once. Another body than the row has is kept beside it.
WITH event AS (SELECT outcome, attempts, coalesce(account, '') AS account, livemode FROM events WHERE id = $1),
     new_state AS (SELECT CASE WHEN EXISTS (SELECT FROM event WHERE outcome IN ('processed', 'ignored'))
                          THEN 'resolved' ELSE 'open' END AS state),
     former AS (SELECT id, payload, reason, error, dead_at FROM dead_letters
                WHERE event_id = $1 AND payload <> $6::bytea FOR UPDATE),
     kept AS (INSERT INTO dead_letter_bodies (dead_letter_id, hash, payload, reason, error, dead_at)
              SELECT id, sha256(payload), payload, reason, error, dead_at FROM former ON CONFLICT DO NOTHING
              RETURNING 1),
     stored AS (
        INSERT INTO dead_letters (event_id, type, reason, error, attempts, payload, endpoint, received_at,
                                  first_failed_at, dead_at, refs, account, livemode, state, traceparent)
        SELECT $1::text, $2::text, $3::text, $4::text, greatest($5::int, coalesce((SELECT attempts FROM event), 1)),
               $6::bytea, $7::text, $8::timestamptz, $9::timestamptz, $10::timestamptz, $11::text[],
               coalesce((SELECT account FROM event), $13::text), coalesce((SELECT livemode FROM event), $14::bool),
               new_state.state, $15::text
        -- Waits for `kept`: the former body is read, and its row locked, before it is overwritten.
        FROM new_state CROSS JOIN (SELECT count(*) FROM kept) AS first
        ON CONFLICT (event_id) DO UPDATE SET
            reason = excluded.reason, error = excluded.error, attempts = excluded.attempts, payload = excluded.payload,
            endpoint = coalesce(excluded.endpoint, dead_letters.endpoint),
            traceparent = coalesce(excluded.traceparent, dead_letters.traceparent),
            received_at = coalesce(excluded.received_at, dead_letters.received_at),
            first_failed_at = least(dead_letters.first_failed_at, excluded.first_failed_at),
            dead_at = excluded.dead_at, refs = excluded.refs, account = coalesce(excluded.account, dead_letters.account),
            livemode = coalesce(excluded.livemode, dead_letters.livemode), state = excluded.state, state_at = now()
        WHERE NOT ($12::bool AND dead_letters.reason = excluded.reason AND dead_letters.error = excluded.error
                   AND dead_letters.first_failed_at = excluded.first_failed_at
                   AND dead_letters.attempts = excluded.attempts AND dead_letters.payload = excluded.payload)
        RETURNING id, state),
     -- The bulk jobs that sent it know what became of it, whatever somebody does with it later.
     failed AS (UPDATE job_items i SET dead_again = true FROM stored s
                WHERE i.dead_letter_id = s.id AND s.state = 'open' AND i.state IN ('sending', 'sent', 'unknown')
                  AND NOT i.dead_again)
SELECT id, state FROM stored
