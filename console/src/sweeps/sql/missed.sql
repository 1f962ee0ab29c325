INSERT INTO missed_events (event_id, sweep_id, account, livemode, type, created)
SELECT event_id, $1, $2, livemode, type, created
FROM unnest($3::text[], $4::bool[], $5::text[], $6::timestamptz[]) AS batch (event_id, livemode, type, created)
ORDER BY event_id
ON CONFLICT DO NOTHING
