SELECT at, error, next_at FROM event_attempts WHERE event_id = $1 ORDER BY at DESC LIMIT 50
