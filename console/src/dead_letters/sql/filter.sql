-- $1 is a type, or what types begin with up to a dot.
WHERE ($1::text IS NULL OR type = $1
       OR type LIKE replace(replace(replace($1, '\', '\\'), '%', '\%'), '_', '\_') || '.%')
  AND ($2::text IS NULL OR reason = $2)
  AND ($3::text IS NULL OR fingerprint = $3)
  AND ($4::text IS NULL OR state = $4)
  AND ($5::text IS NULL OR refs @> ARRAY[$5]
       OR (event_id || ' ' || type || ' ' || reason || ' ' || error) ILIKE $6)
  AND ($7::timestamptz IS NULL OR dead_at >= $7)
  AND ($8::timestamptz IS NULL OR dead_at < $8)
  AND ($9::text IS NULL OR account = $9)
  AND ($10::bool IS NULL OR livemode = $10)
  AND ($11::text IS NULL OR endpoint = $11)
