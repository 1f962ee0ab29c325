SELECT t.id FROM disputes t JOIN payments p ON p.id = t.payment_id
WHERE p.account = $1 AND ($2::bool IS NULL OR p.livemode = $2) AND ($3::timestamptz IS NULL OR t.updated_at >= $3)
  AND t.id > $4 AND EXISTS (SELECT FROM unnest($6::text[]) AS prefix WHERE starts_with(t.id, prefix))
ORDER BY t.id LIMIT $5
