INSERT INTO stripe_checks (kind, account, scope, checked, found, repaired) VALUES ($1, $2, $3, $4, $5, $6)
