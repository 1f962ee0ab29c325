-- What end_grace.sql says, for subscriptions whose grace was over already when the event came that began it: the
-- sweep looks only for access that is still there.
INSERT INTO outbox (key, topic, lasting, payload, created_at)
SELECT 'subscription.access_lost/' || id || '/' || coalesce(state ->> 'left_at', state ->> 'past_due_since', '0'),
       'subscription.access_lost', false,
       jsonb_build_object('subscription', id, 'customer', customer, 'status', status,
                          'paid_through', extract(epoch FROM paid_through)::bigint),
       $2
FROM subscriptions WHERE id = ANY ($1)
ORDER BY id
ON CONFLICT (key) DO NOTHING
