INSERT INTO notes (subject, author, text) VALUES ($1, $2, $3)
