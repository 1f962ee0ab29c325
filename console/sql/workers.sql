SELECT kind, count(*) AS alive, max(seen_at) AS seen_at FROM workers
WHERE seen_at > now() - interval '30 seconds' GROUP BY kind ORDER BY kind
