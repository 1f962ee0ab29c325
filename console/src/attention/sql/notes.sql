SELECT at, author, text FROM notes WHERE subject = $1 ORDER BY id LIMIT 200
