-- One row for an event. What fails again reopens its row, unless this is the message that is stored
-- already (the broker delivers again what was committed but not yet acknowledged).
-- What has taken effect meanwhile is resolved at once.
WITH event AS (SELECT outcome, attempts, coalesce(account, '') AS account, livemode FROM events WHERE id = $1),
     new_state AS (SELECT CASE WHEN EXISTS (SELECT FROM event WHERE outcome IN ('processed', 'ignored'))
                          THEN 'resolved' ELSE 'open' END AS state)
INSERT INTO dead_letters (event_id, type, reason, error, attempts, payload, endpoint, received_at,
                          first_failed_at, dead_at, refs, account, livemode, state, traceparent)
SELECT $1::text, $2::text, $3::text, $4::text, greatest($5::int, coalesce((SELECT attempts FROM event), 1)), $6::bytea,
       $7::text, $8::timestamptz, $9::timestamptz, $10::timestamptz, $11::text[],
       coalesce((SELECT account FROM event), $13::text), coalesce((SELECT livemode FROM event), $14::bool), new_state.state,
       $15::text
FROM new_state
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
           AND dead_letters.attempts = excluded.attempts)
RETURNING id, state
