SELECT id, account, since, until, after_event, reached, listed, missed, started_at, finished_at, error
FROM sweeps WHERE account = $1 ORDER BY id DESC LIMIT 1
