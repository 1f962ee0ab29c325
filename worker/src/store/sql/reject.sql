-- Events of this batch that did not take effect: they wait for a retry or are dead. Each attempt is kept.
WITH rejected AS (
    UPDATE events
    SET outcome = CASE WHEN batch.next_attempt_at IS NULL THEN 'dead' ELSE 'retrying' END,
        reason = batch.reason, last_error = batch.error, next_attempt_at = batch.next_attempt_at, processed_at = NULL
    FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS batch (id, reason, error, next_attempt_at)
    WHERE events.id = batch.id
    RETURNING events.id, events.attempts, events.reason, events.last_error, events.next_attempt_at
)
INSERT INTO event_attempts (event_id, at, attempt, reason, error, next_at)
SELECT id, $5, attempts, reason, last_error, next_attempt_at FROM rejected
ON CONFLICT DO NOTHING
