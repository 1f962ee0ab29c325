INSERT INTO audit (actor, action, subject, reason) VALUES ($1, $2, $3, $4)
