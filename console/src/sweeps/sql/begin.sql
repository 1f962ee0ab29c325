INSERT INTO sweeps (account, since, until, reached) VALUES ($1, $2, $3, $3)
RETURNING id, account, since, until, after_event, reached, listed, missed, started_at, finished_at, error
