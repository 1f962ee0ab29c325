  AND id > $9::int8
ORDER BY id LIMIT $10
