SELECT id, event_id, type, reason, error, attempts, fingerprint, endpoint, received_at, first_failed_at, dead_at,
       state, state_at, replays, account, livemode, about
FROM dead_letters WHERE event_id = $1
