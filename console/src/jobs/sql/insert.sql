INSERT INTO jobs (action, filter, reason, actor, rate, canary, state, total)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0) RETURNING id
