-- Whether nothing may be sent to it now, how often it failed in a row, and what time it is.
SELECT state = 'removed' OR (state = 'paused' AND (resume_at IS NULL OR resume_at > now())), failures,
       extract(epoch FROM now())::bigint
FROM outbox_destinations WHERE name = $1
