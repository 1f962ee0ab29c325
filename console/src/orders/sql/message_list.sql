SELECT key, sent_at FROM outbox
WHERE key = ANY($1::text[]) AND ($2::text IS NULL OR account = $2) AND ($3::bool IS NULL OR livemode = $3)
