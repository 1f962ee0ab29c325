SELECT t.id FROM payments t
WHERE t.account = $1 AND ($2::bool IS NULL OR t.livemode = $2) AND ($3::timestamptz IS NULL OR t.updated_at >= $3)
  AND t.id > $4 AND EXISTS (SELECT FROM unnest($6::text[]) AS prefix WHERE starts_with(t.id, prefix))
  -- One of which no object of its own is known is named by an invoice or a refund, which are compared themselves.
  AND t.amount IS NOT NULL
ORDER BY t.id LIMIT $5
