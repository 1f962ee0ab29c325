  AND ($8::text IS NULL OR id < $8)
ORDER BY id DESC LIMIT $9
