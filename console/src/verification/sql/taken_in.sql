-- How many of these events have taken effect.
SELECT count(*) FROM events WHERE id = ANY ($1::text[]) AND outcome IN ('processed', 'ignored')
