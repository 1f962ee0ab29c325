-- The newest run that was not finished and does at least what is asked for.
SELECT id, since, started_at FROM backfill_runs
WHERE part = $1 AND account = $2 AND messages = $3 AND finished_at IS NULL
  AND (since IS NULL OR since <= $4::timestamptz)
ORDER BY id DESC LIMIT 1
