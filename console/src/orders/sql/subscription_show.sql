SELECT id, customer, status, access, access_until, paid_through, current_period_end, cancel_at_period_end, cancel_at,
       ended_at, trial_end, collection_paused, amount_refunded, refunded, items, checkout_session, ambiguous, updated_at,
       account, livemode
FROM subscriptions WHERE id = ANY($1::text[]) ORDER BY id LIMIT 100
