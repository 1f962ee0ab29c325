SELECT endpoint, reason, sum(count)::int8 AS count, max(last_at) AS last_at
FROM rejections WHERE hour >= date_trunc('hour', $1::timestamptz)
GROUP BY endpoint, reason ORDER BY max(last_at) DESC, endpoint, reason
