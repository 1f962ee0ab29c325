DELETE FROM known_browsers WHERE user_name = $1
