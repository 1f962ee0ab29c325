INSERT INTO backfill_runs (part, account, messages, since) VALUES ($1, $2, $3, $4) RETURNING id, since, started_at
