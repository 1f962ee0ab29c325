-- This worker is running, how far it has settled, and what it does. Rows of workers not seen for a day are deleted.
WITH gone AS (DELETE FROM workers WHERE seen_at < $6::timestamptz - interval '1 day' AND id <> $1)
INSERT INTO workers (id, kind, host, version, started_at, seen_at, settled_through, batch_at, batch_events, paused, settings)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, settled_through = excluded.settled_through,
    batch_at = excluded.batch_at, batch_events = excluded.batch_events, paused = excluded.paused
