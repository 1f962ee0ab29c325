UPDATE users SET password = $2, change_password = false WHERE name = $1 AND disabled_at IS NULL
