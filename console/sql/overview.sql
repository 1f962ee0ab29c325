SELECT
    (SELECT count(*) FROM events WHERE received_at > now() - interval '1 minute') AS received,
    (SELECT count(*) FROM events WHERE processed_at > now() - interval '1 minute') AS processed,
    (SELECT count(*) FROM events WHERE outcome = 'retrying') AS retrying,
    (SELECT min(received_at) FROM events WHERE outcome = 'retrying') AS oldest_retrying,
    (SELECT count(*) FROM dead_letters WHERE state = 'open') AS dead_open,
    (SELECT count(*) FROM dead_letters WHERE state = 'replayed') AS dead_replayed,
    (SELECT count(*) FROM outbox WHERE sent_at IS NULL) AS unsent,
    lag.p50, lag.p99
FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS p50,
             percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds) AS p99
      FROM (SELECT extract(epoch FROM processed_at - received_at)::float8 AS seconds FROM events
            WHERE received_at > now() - interval '1 hour' AND processed_at IS NOT NULL AND attempts = 1
            ORDER BY received_at DESC, id DESC LIMIT 1000) newest) lag
