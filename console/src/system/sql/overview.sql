-- How long events take that were not replayed: from received to done a replayed one took as long as its cause.
-- Scalar subqueries, so that each event looks its dead letter and its replay up instead of reading all of them.
SELECT
    (SELECT count(*) FROM events WHERE received_at > now() - interval '1 minute') AS received,
    (SELECT count(*) FROM events WHERE processed_at > now() - interval '1 minute') AS processed,
    (SELECT count(*) FROM events WHERE outcome = 'retrying') AS retrying,
    (SELECT min(received_at) FROM events WHERE outcome = 'retrying') AS oldest_retrying,
    (SELECT count(*) FROM dead_letters WHERE state = 'open') AS dead_open,
    (SELECT count(*) FROM dead_letters WHERE state = 'replayed') AS dead_replayed,
    (SELECT coalesce(sum(cardinality(ids)), 0)::int8 FROM outbox_owed WHERE destination = 'amqp') AS unsent,
    lag.p50, lag.p99
FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS p50,
             percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds) AS p99
      FROM (SELECT extract(epoch FROM processed_at - received_at)::float8 AS seconds FROM events e
            WHERE received_at > now() - interval '1 hour' AND processed_at IS NOT NULL AND attempts = 1
              AND (SELECT true FROM dead_letters d WHERE d.event_id = e.id) IS NULL
              AND (SELECT true FROM audit a WHERE a.subject = 'event:' || e.id LIMIT 1) IS NULL
            ORDER BY received_at DESC, id DESC LIMIT 1000) newest) lag
