INSERT INTO backfills (run_id, account, object, since, messages)
SELECT id, $2, $3, since, messages FROM backfill_runs WHERE id = $1
RETURNING id, account, object, since, messages, after_object, reached, listed, started_at, finished_at, error
