-- The broker did not take the replay. Only a row that still waits for it goes back.
UPDATE dead_letters SET state = 'open', state_at = now(), replays = greatest(replays - 1, 0)
WHERE id = $1 AND state = 'replayed'
