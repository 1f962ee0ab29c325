-- The dead letters of a chunk change state; what took effect already is resolved, for no worker will touch it again.
UPDATE dead_letters d SET state_at = now(), replays = d.replays + CASE WHEN $2 = 'replayed' THEN 1 ELSE 0 END,
    state = CASE WHEN $2 = 'replayed' AND EXISTS (SELECT FROM events e WHERE e.id = d.event_id
                                                  AND e.outcome IN ('processed', 'ignored'))
                 THEN 'resolved' ELSE $2 END
WHERE d.id = ANY($1)
