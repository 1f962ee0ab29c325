  AND ($10::timestamptz IS NULL OR (received_at, id) < ($10, $11::text))
ORDER BY received_at DESC, id DESC
LIMIT $12
