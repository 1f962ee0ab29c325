-- What became of events and messages lately.
SELECT (SELECT count(*) FROM dead_letters WHERE state = 'open') AS dead_open,
       newest.looked_at, newest.other_mode,
       (SELECT extract(epoch FROM now() - o.created_at)::float8
        FROM outbox_unsent u JOIN outbox_messages o ON o.id = u.ids[1] ORDER BY u.batch LIMIT 1) AS oldest_unsent
FROM (SELECT count(*) AS looked_at, count(*) FILTER (WHERE reason = 'other_mode') AS other_mode
      FROM (SELECT reason FROM events ORDER BY received_at DESC, id DESC LIMIT 1000) AS e) AS newest
