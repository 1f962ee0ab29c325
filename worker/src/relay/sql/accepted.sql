UPDATE outbox_deliveries
SET state = 'sent', sent_at = now(), attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, now()),
    last_error = NULL
WHERE outbox_id = ANY ($2) AND destination = $1
