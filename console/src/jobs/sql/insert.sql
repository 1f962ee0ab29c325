INSERT INTO jobs (action, filter, reason, actor, rate, canary, state, total, selected)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) RETURNING id
