SELECT id FROM dead_letters WHERE event_id = $1 AND state IN ('open', 'replayed', 'discarded')
