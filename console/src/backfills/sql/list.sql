SELECT id, account, object, since, messages, after_object, reached, listed, started_at, finished_at, error
FROM backfills ORDER BY id DESC LIMIT $1
