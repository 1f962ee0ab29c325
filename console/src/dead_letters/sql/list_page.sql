  AND ($9::bigint IS NULL OR id < $9)
ORDER BY id DESC
LIMIT $10
