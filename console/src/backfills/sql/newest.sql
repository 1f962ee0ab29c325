SELECT id, account, object, since, messages, after_object, reached, listed, started_at, finished_at, error
FROM backfills WHERE run_id = $1 AND account = $2 AND object = $3 ORDER BY id DESC LIMIT 1
