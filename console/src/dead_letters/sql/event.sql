-- What the broker gave up on was recorded by no worker: say so in the event's row, unless it took effect.
INSERT INTO events (id, type, created, livemode, account, api_version, endpoint, received_at, outcome, attempts,
                    reason, last_error, payload, traceparent)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'dead', $9, $10, $11, $12::text::json, $13)
ON CONFLICT (id) DO UPDATE SET
    outcome = 'dead', attempts = greatest(events.attempts, excluded.attempts), reason = excluded.reason,
    last_error = excluded.last_error, next_attempt_at = NULL
WHERE events.outcome IN ('retrying', 'dead')
