UPDATE sweeps SET finished_at = now(), reached = since, error = NULL WHERE id = $1
RETURNING id, account, since, until, after_event, reached, listed, missed, started_at, finished_at, error
