UPDATE users SET disabled_at = now() WHERE name = $1
