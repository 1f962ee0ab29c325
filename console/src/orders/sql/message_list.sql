SELECT key, sent_at FROM outbox WHERE key = ANY($1::text[])
