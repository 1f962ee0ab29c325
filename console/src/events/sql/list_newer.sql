  AND (received_at, id) > ($10::timestamptz, $11::text)
ORDER BY received_at, id
LIMIT $12
