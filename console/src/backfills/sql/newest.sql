SELECT id, account, object, since, messages, after_object, reached, listed, started_at, finished_at, error
FROM backfills WHERE account = $1 AND object = $2 ORDER BY id DESC LIMIT 1
