-- One alert for each fingerprint that has new dead letters and had none within the hour. It is of no mode, and `livemode`
-- only keeps it from being marked as a test.
WITH due AS (
    UPDATE alerts SET pending = false, raised_at = now()
    WHERE topic = 'alert.dead_letters' AND pending AND (raised_at IS NULL OR raised_at <= now() - interval '1 hour')
    RETURNING about)
INSERT INTO outbox_messages (key, topic, lasting, livemode, payload)
SELECT 'alert.dead_letters/' || due.about || '/' || extract(epoch FROM now())::bigint, 'alert.dead_letters', false, true,
       jsonb_build_object('fingerprint', due.about, 'event_type', newest.type, 'reason', newest.reason, 'count', letters.count,
                          'first_at', letters.first_at, 'last_at', letters.last_at)
FROM due
CROSS JOIN LATERAL (SELECT count(*), extract(epoch FROM min(dead_at))::bigint AS first_at,
                           extract(epoch FROM max(dead_at))::bigint AS last_at
                    FROM dead_letters WHERE state = 'open' AND fingerprint = due.about) letters
CROSS JOIN LATERAL (SELECT type, reason FROM dead_letters WHERE state = 'open' AND fingerprint = due.about
                    ORDER BY id DESC LIMIT 1) newest
ON CONFLICT DO NOTHING
