-- Counts from the index alone, unless an account or a mode is named; what a group is called comes from its newest dead letter.
WITH days AS (
    SELECT fingerprint, least(greatest(extract(epoch FROM now() - dead_at), 0)::bigint / 86400, 29)::int AS age,
           count(*) AS letters, min(dead_at) AS first_seen, max(dead_at) AS last_seen
    FROM dead_letters
    WHERE ($1::text IS NULL OR state = $1) AND ($4::text IS NULL OR account = $4) AND ($5::bool IS NULL OR livemode = $5)
    GROUP BY 1, 2),
groups AS (
    SELECT fingerprint, sum(letters)::bigint AS count, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
           array_agg(age) AS ages, array_agg(letters) AS counts
    FROM days GROUP BY fingerprint)
SELECT g.fingerprint, g.count, g.first_seen, g.last_seen, g.ages, g.counts, newest.type, newest.reason, newest.error,
       newest.id AS newest, newest.about, newest.account, newest.livemode
FROM groups g
CROSS JOIN LATERAL (SELECT id, type, reason, error, about, account, livemode FROM dead_letters d
                    WHERE d.fingerprint = g.fingerprint AND ($1::text IS NULL OR d.state = $1)
                      AND ($4::text IS NULL OR d.account = $4) AND ($5::bool IS NULL OR d.livemode = $5)
                    ORDER BY id DESC LIMIT 1) newest
WHERE ($2::text IS NULL OR newest.type = $2) AND ($3::text IS NULL OR newest.reason = $3)
ORDER BY g.count DESC, g.fingerprint
LIMIT $6
