SELECT id, at, actor, action, subject, reason, previous_hash, hash FROM audit WHERE id > $1 ORDER BY id LIMIT $2
