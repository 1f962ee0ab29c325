-- The unique key is what sends a message at most once.
INSERT INTO outbox (key, account, livemode, topic, lasting, payload, created_at)
SELECT key, account, livemode, topic, lasting, payload::jsonb, $7
FROM unnest($1::text[], $2::text[], $3::bool[], $4::text[], $5::bool[], $6::text[])
     AS batch (key, account, livemode, topic, lasting, payload)
ORDER BY key
ON CONFLICT (key, account, livemode) DO NOTHING
