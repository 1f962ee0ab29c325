UPDATE dead_letters SET state = $2, state_at = now(), replays = replays + $3 WHERE id = $1
