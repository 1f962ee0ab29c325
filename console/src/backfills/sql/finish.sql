UPDATE backfills SET finished_at = now(), error = NULL WHERE id = $1
RETURNING id, account, object, since, messages, after_object, reached, listed, started_at, finished_at, error
