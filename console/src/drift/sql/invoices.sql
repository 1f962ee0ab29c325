SELECT t.id FROM invoices t
WHERE t.account = $1 AND ($2::bool IS NULL OR t.livemode = $2) AND ($3::timestamptz IS NULL OR t.updated_at >= $3)
  AND t.id > $4 AND EXISTS (SELECT FROM unnest($6::text[]) AS prefix WHERE starts_with(t.id, prefix))
  -- Stripe forgets a draft that was deleted; one that only its payment names is the payment's to show.
  AND t.status <> 'deleted'
ORDER BY t.id LIMIT $5
