-- Letters that name exactly this id, or are of this event, the newest first.
SELECT id, event_id, type, reason, error, attempts, fingerprint, endpoint, received_at, first_failed_at, dead_at,
       state, state_at, replays, account, livemode, about
FROM dead_letters
WHERE id IN (SELECT id FROM dead_letters WHERE refs @> ARRAY[$1::text] UNION SELECT id FROM dead_letters WHERE event_id = $1)
  -- What names no account may be of any.
  AND ($2::text IS NULL OR account = $2 OR account IS NULL) AND ($3::bool IS NULL OR livemode = $3 OR livemode IS NULL)
ORDER BY id DESC LIMIT $4
