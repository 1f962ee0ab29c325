SELECT max(locked_until) AS until FROM sign_in_failures WHERE subject = ANY($1) AND locked_until > now()
