-- One alert for each destination that is paused or given up messages, at most one an hour; see raise_dead_letters.sql.
WITH due AS (
    UPDATE alerts SET pending = false, raised_at = now()
    WHERE topic = 'alert.delivery_failed' AND pending AND (raised_at IS NULL OR raised_at <= now() - interval '1 hour')
    RETURNING about)
INSERT INTO outbox_messages (key, topic, lasting, livemode, payload)
SELECT 'alert.delivery_failed/' || due.about || '/' || extract(epoch FROM now())::bigint, 'alert.delivery_failed', false, true,
       jsonb_build_object('destination', due.about, 'paused', coalesce(d.state = 'paused', false),
                          'paused_until', extract(epoch FROM d.resume_at)::bigint, 'count', given_up.count,
                          'error', coalesce(d.last_error, newest.last_error))
FROM due
LEFT JOIN outbox_destinations d ON d.name = due.about
CROSS JOIN LATERAL (SELECT count(*) FROM outbox_deliveries e
                    WHERE e.destination = due.about AND e.state = 'failed') given_up
LEFT JOIN LATERAL (SELECT e.last_error FROM outbox_deliveries e
                   WHERE e.destination = due.about AND e.state = 'failed' ORDER BY e.outbox_id DESC LIMIT 1) newest ON true
ON CONFLICT DO NOTHING
