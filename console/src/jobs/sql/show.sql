SELECT id, action, filter, reason, actor, rate, canary, state, note, total, created_at, canary_at, finished_at,
       paused_from
FROM jobs WHERE id = $1
