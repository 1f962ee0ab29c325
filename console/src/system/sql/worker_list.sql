-- Each worker that was heard of in the last day.
SELECT kind, host, version, started_at, seen_at, paused, batch_at, batch_events,
       seen_at > now() - interval '30 seconds' AS alive
FROM workers WHERE seen_at > now() - interval '1 day' ORDER BY kind, started_at LIMIT 200
