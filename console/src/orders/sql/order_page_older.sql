  AND ($7::timestamptz IS NULL OR (created_at, number) < ($7, $8::int8))
ORDER BY created_at DESC, number DESC LIMIT $9
