SELECT id, action, filter, reason, actor, rate, canary, state, note, total, created_at, canary_at, finished_at, paused_from, selected, approved_by, approved_at
FROM jobs WHERE ($1::bigint IS NULL OR id < $1) ORDER BY id DESC LIMIT $2
