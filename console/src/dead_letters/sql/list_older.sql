  AND ($12::bigint IS NULL OR id < $12)
ORDER BY id DESC
LIMIT $13
