  AND id > $8::text
ORDER BY id LIMIT $9
