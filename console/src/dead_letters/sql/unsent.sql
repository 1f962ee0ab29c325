-- The broker did not take the replay: the row is as it was before. Only one that still waits for it goes back.
UPDATE dead_letters SET state = $2, state_at = $3, replays = greatest(replays - 1, 0)
WHERE id = $1 AND state = 'replayed'
