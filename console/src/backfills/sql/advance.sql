UPDATE backfills SET after_object = $2, reached = $3, listed = listed + $4, error = NULL WHERE id = $1
RETURNING id, account, object, since, messages, after_object, reached, listed, started_at, finished_at, error
