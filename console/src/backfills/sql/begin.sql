INSERT INTO backfills (account, object, since, messages) VALUES ($1, $2, $3, $4)
RETURNING id, account, object, since, messages, after_object, reached, listed, started_at, finished_at, error
