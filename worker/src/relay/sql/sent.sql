-- The exchange has these. A message that had failed before is no longer owed.
WITH recovered AS (
    UPDATE outbox_deliveries SET state = 'sent', sent_at = now(), last_error = NULL
    WHERE outbox_id = ANY ($1) AND destination = 'amqp'
)
UPDATE outbox SET sent_at = now() WHERE id = ANY ($1)
