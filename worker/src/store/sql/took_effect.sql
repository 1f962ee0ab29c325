-- Which of these events have taken effect.
SELECT id FROM events WHERE id = ANY ($1::text[]) AND outcome IN ('processed', 'ignored')
