-- Missed events that workers or the console have by now.
UPDATE missed_events SET arrived_at = now()
WHERE arrived_at IS NULL
  AND (EXISTS (SELECT FROM events WHERE events.id = event_id)
       OR EXISTS (SELECT FROM dead_letters WHERE dead_letters.event_id = missed_events.event_id))
