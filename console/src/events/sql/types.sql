-- The types of events that are $1, or begin with it and a dot. Walks the index from one type to the next.
WITH RECURSIVE types (type) AS (
    (SELECT type FROM events ORDER BY type LIMIT 1)
    UNION ALL
    SELECT (SELECT e.type FROM events e WHERE e.type > t.type ORDER BY e.type LIMIT 1) FROM types t WHERE t.type IS NOT NULL
)
SELECT type FROM types WHERE type = $1::text OR starts_with(type, $1 || '.')
