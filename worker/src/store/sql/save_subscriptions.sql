UPDATE subscriptions
SET account = batch.account, livemode = batch.livemode, customer = batch.customer, status = batch.status, access = batch.access, access_until = batch.access_until,
    paid_through = batch.paid_through, current_period_end = batch.current_period_end,
    cancel_at_period_end = batch.cancel_at_period_end, cancel_at = batch.cancel_at, ended_at = batch.ended_at,
    trial_end = batch.trial_end, collection_paused = batch.collection_paused, items = batch.items::jsonb,
    checkout_session = batch.checkout_session, ambiguous = batch.ambiguous, state = batch.state::jsonb,
    updated_at = $19
FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::timestamptz[], $6::timestamptz[],
            $7::timestamptz[], $8::bool[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::bool[],
            $13::text[], $14::text[], $15::bool[], $16::text[],
            $17::text[], $18::bool[])
     AS batch (id, customer, status, access, access_until, paid_through, current_period_end,
               cancel_at_period_end, cancel_at, ended_at, trial_end, collection_paused, items, checkout_session,
               ambiguous, state, account, livemode)
WHERE subscriptions.id = batch.id
