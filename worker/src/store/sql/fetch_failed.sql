-- Tries again later; sooner where it was asked for again meanwhile.
UPDATE object_fetches SET error = left($5, 1000), due_at = least(nullif(due_at, $4), now() + make_interval(secs => $6))
WHERE account = $1 AND livemode = $2 AND id = $3
