      ($1::int8[] IS NULL OR o.id = ANY ($1))
  -- A key begins with its topic: for a rare topic the index of the keys is the shorter way.
  AND ($2::text IS NULL OR (o.topic = $2 AND o.key >= $2 || '/' AND o.key < $2 || '0'))
  AND ($3::timestamptz IS NULL OR o.created_at >= $3) AND ($4::timestamptz IS NULL OR o.created_at < $4)
  AND ($5::text IS NULL OR o.account = $5) AND ($6::bool IS NULL OR o.livemode = $6)
