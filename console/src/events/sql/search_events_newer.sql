  AND (e.received_at, e.id) > ($18::timestamptz, $19::text)
GROUP BY e.id
HAVING count(DISTINCT t.number) = $8::int
ORDER BY e.received_at, e.id
LIMIT $20
