SELECT id, at, actor, action, subject, reason, previous_hash, hash, encode(hash, 'hex') AS hex FROM audit WHERE id > $1 ORDER BY id LIMIT $2
