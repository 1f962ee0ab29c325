-- Unless it was asked for again meanwhile.
DELETE FROM object_fetches WHERE account = $1 AND livemode = $2 AND id = $3 AND due_at = $4
