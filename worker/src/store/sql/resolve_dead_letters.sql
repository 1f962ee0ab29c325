-- Dead letters whose event took effect after all: by the event's id, or, where the dead letter could not be stored
-- under it, by its own number ($3).
UPDATE dead_letters SET state = 'resolved', state_at = $2
WHERE (event_id = ANY ($1) OR id = ANY ($3)) AND state IN ('open', 'replayed')
