  AND ($9::int8 IS NULL OR o.id < $9)
ORDER BY o.id DESC LIMIT $10
