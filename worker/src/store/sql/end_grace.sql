-- Access of subscriptions whose grace period is over, and the message that says so, named as `access_lost` names it.
WITH ended AS (
    UPDATE subscriptions SET access = false, updated_at = $1
    WHERE access AND access_until <= $1
    RETURNING id, customer, status, paid_through, coalesce(state ->> 'left_at', state ->> 'past_due_since', '0') AS loss
)
INSERT INTO outbox (key, topic, lasting, payload, created_at)
SELECT 'subscription.access_lost/' || id || '/' || loss, 'subscription.access_lost', false,
       jsonb_build_object('subscription', id, 'customer', customer, 'status', status,
                          'paid_through', extract(epoch FROM paid_through)::bigint),
       $1
FROM ended
ON CONFLICT (key) DO NOTHING
