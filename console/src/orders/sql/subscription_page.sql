SELECT id, customer, status, access, access_until, paid_through, current_period_end, cancel_at_period_end, cancel_at,
       ended_at, trial_end, collection_paused, amount_refunded, refunded, items, checkout_session, ambiguous, updated_at,
       account, livemode
FROM subscriptions
WHERE ($1::text IS NULL OR customer = $1) AND ($2::bool IS NULL OR access = $2) AND ($3::text IS NULL OR account = $3)
  AND ($4::bool IS NULL OR livemode = $4) AND ($5::text IS NULL OR status = $5)
  AND ($6::timestamptz IS NULL OR updated_at >= $6) AND ($7::timestamptz IS NULL OR updated_at < $7)
