  AND o.id > $9::int8
ORDER BY o.id LIMIT $10
