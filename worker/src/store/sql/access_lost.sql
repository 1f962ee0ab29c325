-- Tells that the grace of these is over, under the key that Subscription::access_lost would give it. Nothing is said of
-- a guess.
INSERT INTO outbox (key, account, livemode, topic, lasting, payload, created_at)
SELECT 'subscription.access_lost/' || id || '/' || coalesce(state ->> 'left_at', state ->> 'past_due_since', '0'),
       account, livemode, 'subscription.access_lost', false,
       jsonb_build_object('subscription', id, 'customer', customer, 'status', status,
                          'paid_through', extract(epoch FROM paid_through)::bigint),
       $2
FROM subscriptions WHERE id = ANY ($1) AND NOT ambiguous
ORDER BY id
ON CONFLICT (key, account, livemode) DO NOTHING
