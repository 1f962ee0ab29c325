SELECT id, action, filter, reason, actor, rate, canary, state, note, total, created_at, canary_at, finished_at,
       paused_from, selected, approved_by, approved_at
FROM jobs WHERE id = $1
