  AND ($11::bigint IS NULL OR id < $11)
ORDER BY id DESC
LIMIT $12
