-- Sorted, so that two batches with the same keys cannot deadlock.
INSERT INTO search_keys (hash, object_id, account, livemode)
SELECT DISTINCT hash, object_id, account, livemode
FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bool[]) AS batch (hash, object_id, account, livemode)
ORDER BY hash, object_id
ON CONFLICT DO NOTHING
