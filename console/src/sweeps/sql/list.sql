SELECT id, account, since, until, after_event, reached, listed, missed, started_at, finished_at, error
FROM sweeps WHERE ($1::int8 IS NULL OR id < $1) ORDER BY id DESC LIMIT $2
