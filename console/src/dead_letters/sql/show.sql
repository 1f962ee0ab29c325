-- The body only where it has no more than $2 bytes; it may have many megabytes.
SELECT id, event_id, type, reason, error, attempts, fingerprint, endpoint, received_at, first_failed_at, dead_at,
       state, state_at, replays, account, livemode, about, octet_length(payload) AS bytes,
       CASE WHEN octet_length(payload) <= $2::int8 THEN payload END AS payload
FROM dead_letters WHERE id = $1
