-- Moves the marks on: $3 says when a queue was seen empty, `workers` how far its workers are. A mark never goes back.
INSERT INTO queue_marks AS known (queue, oldest_after)
SELECT queue, greatest(empty_at, through)
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS seen (queue, kind, empty_at)
LEFT JOIN (SELECT kind, max(settled_through) AS through FROM workers GROUP BY kind) AS reached USING (kind)
WHERE greatest(empty_at, through) IS NOT NULL
ORDER BY queue
ON CONFLICT (queue) DO UPDATE SET oldest_after = excluded.oldest_after
WHERE known.oldest_after < excluded.oldest_after
