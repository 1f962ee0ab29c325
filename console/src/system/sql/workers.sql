-- Every kind of $1, whether it has workers or not. A worker that ends takes its row along; one that dies leaves it.
SELECT k.kind, count(*) FILTER (WHERE w.seen_at > now() - interval '30 seconds') AS alive,
       count(*) FILTER (WHERE w.seen_at <= now() - interval '30 seconds') AS silent,
       max(w.seen_at) FILTER (WHERE w.seen_at <= now() - interval '30 seconds') AS silent_since,
       max(w.seen_at) AS seen_at
FROM unnest($1::text[]) WITH ORDINALITY AS k (kind, place)
LEFT JOIN workers w ON w.kind = k.kind AND w.seen_at > now() - interval '1 day'
GROUP BY k.kind, k.place ORDER BY k.place
