-- The list is fixed now: what dies later is not part of it.
INSERT INTO job_items (job_id, position, dead_letter_id)
SELECT $12::bigint, row_number() OVER (ORDER BY id), id FROM dead_letters
