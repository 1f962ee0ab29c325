SELECT secret_mark, event_id, events, finished_at FROM search_progress FOR UPDATE
