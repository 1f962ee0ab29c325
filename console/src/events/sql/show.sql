SELECT id, type, created, livemode, account, api_version, object_id, endpoint, received_at, outcome, attempts,
       reason, last_error, next_attempt_at, processed_at, payload::text AS payload, event_about(payload::text) AS about
FROM events WHERE id = $1
