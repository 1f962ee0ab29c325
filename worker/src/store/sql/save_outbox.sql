-- The unique key is what sends a message at most once.
INSERT INTO outbox (key, topic, lasting, payload, created_at)
SELECT key, topic, lasting, payload::jsonb, $5
FROM unnest($1::text[], $2::text[], $3::bool[], $4::text[]) AS batch (key, topic, lasting, payload)
ORDER BY key
ON CONFLICT (key) DO NOTHING
