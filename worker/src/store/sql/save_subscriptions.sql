UPDATE subscriptions
SET account = batch.account, livemode = batch.livemode, customer = batch.customer, status = batch.status, access = batch.access, access_until = batch.access_until,
    paid_through = batch.paid_through, current_period_end = batch.current_period_end,
    cancel_at_period_end = batch.cancel_at_period_end, cancel_at = batch.cancel_at, ended_at = batch.ended_at,
    trial_end = batch.trial_end, collection_paused = batch.collection_paused,
    amount_refunded = batch.amount_refunded, refunded = batch.refunded, items = batch.items::jsonb,
    checkout_session = batch.checkout_session, ambiguous = batch.ambiguous, state = batch.state::jsonb,
    updated_at = $21
FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::timestamptz[], $6::timestamptz[],
            $7::timestamptz[], $8::bool[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::bool[],
            $13::int8[], $14::bool[], $15::text[], $16::text[], $17::bool[], $18::text[],
            $19::text[], $20::bool[])
     AS batch (id, customer, status, access, access_until, paid_through, current_period_end,
               cancel_at_period_end, cancel_at, ended_at, trial_end, collection_paused, amount_refunded, refunded,
               items, checkout_session, ambiguous, state, account, livemode)
WHERE subscriptions.id = batch.id
