SELECT (SELECT coalesce(sum(missed), 0)::int8 FROM sweeps) AS missed,
       count(*) AS waiting, min(created) AS oldest
FROM missed_events WHERE arrived_at IS NULL
