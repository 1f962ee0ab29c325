-- Emits access_lost for subscriptions whose grace is over, under the key of Subscription::access_lost. Nothing is
-- emitted while the version is ambiguous.
INSERT INTO outbox (key, account, livemode, topic, lasting, payload, created_at)
SELECT 'subscription.access_lost/' || id || '/' || coalesce(state ->> 'left_at', state ->> 'past_due_since', '0'),
       account, livemode, 'subscription.access_lost', false,
       jsonb_build_object('subscription', id, 'customer', customer, 'status', status,
                          'paid_through', extract(epoch FROM paid_through)::bigint),
       $2
FROM subscriptions WHERE id = ANY ($1) AND NOT ambiguous
ORDER BY id
ON CONFLICT (key, account, livemode) DO NOTHING
