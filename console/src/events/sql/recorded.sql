SELECT id, type, endpoint, received_at, traceparent, payload::text AS payload FROM events WHERE id = $1
