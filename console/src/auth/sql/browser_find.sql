SELECT FROM known_browsers WHERE hash = $1 AND user_name = $2 AND seen_at > now() - interval '180 days'
