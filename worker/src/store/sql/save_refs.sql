-- Ids that rejected events name, for the search; an event that is rejected again names the same.
INSERT INTO event_refs (ref, event_id)
SELECT ref, event_id FROM unnest($1::text[], $2::text[]) AS batch (ref, event_id)
ORDER BY ref, event_id
ON CONFLICT DO NOTHING
