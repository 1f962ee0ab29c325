SELECT locked_until FROM sign_in_failures WHERE subject = $1 AND locked_until > now()
