INSERT INTO search_progress (secret_mark, event_id, events, finished_at)
VALUES ($1, $2, $3, CASE WHEN $4::bool THEN now() END)
ON CONFLICT (single) DO UPDATE
    SET secret_mark = excluded.secret_mark, event_id = excluded.event_id, events = excluded.events,
        finished_at = excluded.finished_at
