-- $1: how many buckets of $2 seconds back from now. A minute in which nothing was counted counts nothing.
WITH bucket AS (SELECT n, date_bin(make_interval(secs => $2::int), now(), 'epoch') - make_interval(secs => $2::int) * ($1::int - 1 - n) AS at
                FROM generate_series(0, $1::int - 1) AS n)
SELECT coalesce(sum(m.received), 0)::int8 AS received, coalesce(sum(m.processed), 0)::int8 AS processed,
       coalesce(sum(m.dead), 0)::int8 AS dead, coalesce(sum(m.held), 0)::int8 AS held,
       -- Of many minutes: the middle weighted by how many events each had, and the worst.
       (sum(m.p50 * m.processed) / nullif(sum(m.processed) FILTER (WHERE m.p50 IS NOT NULL), 0))::float8 AS p50,
       max(m.p99) AS p99
FROM bucket b LEFT JOIN minutes m ON m.at >= b.at AND m.at < b.at + make_interval(secs => $2::int)
GROUP BY b.n ORDER BY b.n
