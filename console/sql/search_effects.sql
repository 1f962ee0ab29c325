SELECT event_id, aggregate, aggregate_id, at, change FROM effects
WHERE event_id = ANY($1::text[]) ORDER BY event_id, aggregate, aggregate_id
