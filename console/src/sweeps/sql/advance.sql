UPDATE sweeps SET after_event = $2, reached = coalesce($3, reached), listed = listed + $4, missed = missed + $5, error = NULL
WHERE id = $1
RETURNING id, account, since, until, after_event, reached, listed, missed, started_at, finished_at, error
