  AND (created_at, number) > ($7::timestamptz, $8::int8)
ORDER BY created_at, number LIMIT $9
