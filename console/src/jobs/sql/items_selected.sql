-- Those that were picked, as far as they are still in the state that the job takes.
INSERT INTO job_items (job_id, position, dead_letter_id)
SELECT $1::bigint, row_number() OVER (ORDER BY id), id FROM dead_letters WHERE id = ANY($2::bigint[]) AND state = $3
