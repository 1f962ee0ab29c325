-- These did not reach the destination: tried again after a wait, skipped, or given up: at once, or when the first attempt
-- is too long ago. Gives those that are not tried again. Staff are to hear of what was given up, but of no alert about that:
-- it would follow itself for ever.
WITH recorded AS (
    INSERT INTO outbox_deliveries AS d (outbox_id, destination, partition, state, attempts, first_attempt_at, next_attempt_at, last_error)
    SELECT id, $1, partition, state, 1, now(), now() + wait * interval '1 second', error
    FROM unnest($2::bigint[], $3::text[], $4::float8[], $5::text[], $6::text[]) AS f (id, partition, wait, state, error)
    ON CONFLICT (outbox_id, destination) DO UPDATE
        SET attempts = d.attempts + 1, first_attempt_at = coalesce(d.first_attempt_at, now()),
            next_attempt_at = excluded.next_attempt_at, last_error = excluded.last_error,
            state = CASE WHEN excluded.state = 'pending' AND d.first_attempt_at < now() - $7::float8 * interval '1 second'
                         THEN 'failed' ELSE excluded.state END
    RETURNING outbox_id, state
), noted AS (
    INSERT INTO alerts (topic, about, pending)
    SELECT 'alert.delivery_failed', $1, true
    WHERE EXISTS (SELECT FROM recorded r JOIN outbox_messages o ON o.id = r.outbox_id
                  WHERE r.state = 'failed' AND o.topic <> 'alert.delivery_failed')
    ON CONFLICT (topic, about) DO UPDATE SET pending = true
)
SELECT outbox_id FROM recorded WHERE state <> 'pending'
