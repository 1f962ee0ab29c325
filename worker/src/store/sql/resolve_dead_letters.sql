-- Dead letters whose event took effect after all.
UPDATE dead_letters SET state = 'resolved', state_at = $2
WHERE event_id = ANY ($1) AND state IN ('open', 'replayed')
