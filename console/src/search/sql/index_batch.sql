-- The next events after $1, by id.
SELECT id, payload::text AS payload FROM events WHERE id > $1::text ORDER BY id LIMIT $2
