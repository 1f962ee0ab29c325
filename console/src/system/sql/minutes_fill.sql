-- What happened in each of the last 10 full minutes; older ones stay as they were counted, of which there may be none
-- where no console ran. An event counts as received when a worker has seen it.
WITH span AS (SELECT date_trunc('minute', now()) AS until),
     at AS (SELECT generate_series(until - interval '10 minutes', until - interval '1 minute', interval '1 minute') AS at FROM span),
     received AS (SELECT date_trunc('minute', received_at) AS at, count(*)::int AS n FROM events, span
                  WHERE received_at >= until - interval '10 minutes' AND received_at < until GROUP BY 1),
     processed AS (SELECT date_trunc('minute', processed_at) AS at, count(*)::int AS n,
                          percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM processed_at - received_at)) AS p50,
                          percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM processed_at - received_at)) AS p99
                   FROM events, span
                   WHERE processed_at >= until - interval '10 minutes' AND processed_at < until AND attempts = 1 GROUP BY 1),
     dead AS (SELECT date_trunc('minute', dead_at) AS at, count(*)::int AS n FROM dead_letters, span
              WHERE dead_at >= until - interval '10 minutes' AND dead_at < until GROUP BY 1),
     held AS (SELECT date_trunc('minute', opened_at) AS at, count(*)::int AS n FROM cases, span
              WHERE opened_at >= until - interval '10 minutes' AND opened_at < until GROUP BY 1),
     cleared AS (DELETE FROM minutes WHERE at < now() - interval '8 days')
INSERT INTO minutes (at, received, processed, dead, held, p50, p99)
SELECT at, coalesce(r.n, 0), coalesce(p.n, 0), coalesce(d.n, 0), coalesce(h.n, 0), p.p50, p.p99
FROM at LEFT JOIN received r USING (at) LEFT JOIN processed p USING (at) LEFT JOIN dead d USING (at) LEFT JOIN held h USING (at)
ON CONFLICT (at) DO UPDATE SET received = excluded.received, processed = excluded.processed, dead = excluded.dead,
    held = excluded.held, p50 = excluded.p50, p99 = excluded.p99
