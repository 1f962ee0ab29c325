-- Replayed dead letters whose event took effect by another message than the replay, as when both were in one batch.
UPDATE dead_letters d SET state = 'resolved', state_at = now()
FROM events e
WHERE d.state = 'replayed' AND e.id = d.event_id AND e.outcome IN ('processed', 'ignored')
