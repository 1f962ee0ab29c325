SELECT (SELECT count(*) FROM missed_events) AS missed, count(*) AS waiting, min(created) AS oldest
FROM missed_events
WHERE arrived_at IS NULL
  AND NOT EXISTS (SELECT FROM events WHERE events.id = event_id)
  AND NOT EXISTS (SELECT FROM dead_letters WHERE dead_letters.event_id = missed_events.event_id)
