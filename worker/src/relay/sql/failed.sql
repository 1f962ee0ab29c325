-- These did not reach the destination: tried again after a wait, or given up: at once, or when the first attempt is too
-- long ago.
INSERT INTO outbox_deliveries AS d (outbox_id, destination, partition, state, attempts, first_attempt_at, next_attempt_at, last_error)
SELECT id, $1, partition, CASE WHEN final THEN 'failed' ELSE 'pending' END, 1, now(), now() + wait * interval '1 second', error
FROM unnest($2::bigint[], $3::text[], $4::float8[], $5::bool[], $6::text[]) AS f (id, partition, wait, final, error)
ON CONFLICT (outbox_id, destination) DO UPDATE
    SET attempts = d.attempts + 1, first_attempt_at = coalesce(d.first_attempt_at, now()),
        next_attempt_at = excluded.next_attempt_at, last_error = excluded.last_error,
        state = CASE WHEN excluded.state = 'failed' OR d.first_attempt_at < now() - $7::float8 * interval '1 second'
                     THEN 'failed' ELSE 'pending' END
