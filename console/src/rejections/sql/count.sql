INSERT INTO rejections (hour, endpoint, reason, count, last_at)
VALUES (date_trunc('hour', now()), $1, $2, $3, now())
ON CONFLICT (hour, endpoint, reason) DO UPDATE SET count = rejections.count + excluded.count, last_at = excluded.last_at
