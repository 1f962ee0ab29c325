  AND id > $12::bigint
ORDER BY id
LIMIT $13
