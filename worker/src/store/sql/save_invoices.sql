UPDATE invoices
SET account = batch.account, livemode = batch.livemode, subscription_id = batch.subscription_id, customer = batch.customer, status = batch.status,
    billing_reason = batch.billing_reason, amount_due = batch.amount_due, amount_paid = batch.amount_paid,
    currency = batch.currency, attempt_count = batch.attempt_count,
    next_payment_attempt = batch.next_payment_attempt, period_end = batch.period_end,
    payment_intent = batch.payment_intent, payment_succeeded = batch.payment_succeeded,
    ambiguous = batch.ambiguous, state = batch.state::jsonb, number = coalesce(batch.number, invoices.number),
    updated_at = $19
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int8[], $7::int8[], $8::text[],
            $9::int8[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::bool[], $14::bool[], $15::text[],
            $16::text[], $17::bool[], $18::text[])
     AS batch (id, subscription_id, customer, status, billing_reason, amount_due, amount_paid, currency,
               attempt_count, next_payment_attempt, period_end, payment_intent, payment_succeeded, ambiguous, state,
               account, livemode, number)
WHERE invoices.id = batch.id
