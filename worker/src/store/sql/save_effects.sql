-- A replay that changes nothing leaves what the event did the first time.
INSERT INTO effects (aggregate, aggregate_id, event_id, at, change)
SELECT aggregate, aggregate_id, event_id, $5, change::jsonb
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS batch (aggregate, aggregate_id, event_id, change)
ORDER BY aggregate, aggregate_id, event_id
ON CONFLICT DO NOTHING
