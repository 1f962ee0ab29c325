SELECT id, action, filter, reason, actor, rate, canary, state, note, total, created_at, canary_at, finished_at
FROM jobs WHERE id = $1
