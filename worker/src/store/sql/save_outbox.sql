-- The unique key is what sends a message at most once. Ids are given in the order in which the messages were emitted (a
-- dispute is opened before it is closed): it is the order in which they are sent. Two batches cannot wait for each other
-- here, because whoever emits a key holds the lock of its aggregate.
INSERT INTO outbox_messages (key, account, livemode, topic, lasting, payload, traceparent, created_at)
SELECT key, account, livemode, topic, lasting, payload::jsonb, traceparent, $8
FROM unnest($1::text[], $2::text[], $3::bool[], $4::text[], $5::bool[], $6::text[], $7::text[])
     WITH ORDINALITY AS batch (key, account, livemode, topic, lasting, payload, traceparent, position)
ORDER BY position
ON CONFLICT (key, account, livemode) DO NOTHING
