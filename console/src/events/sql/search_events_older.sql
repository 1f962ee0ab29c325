  AND ($18::timestamptz IS NULL OR (e.received_at, e.id) < ($18, $19::text))
GROUP BY e.id
HAVING count(DISTINCT t.number) = $8::int
ORDER BY e.received_at DESC, e.id DESC
LIMIT $20
