UPDATE payments
SET account = batch.account, livemode = batch.livemode, order_id = batch.order_id,
    held_reason = batch.held_reason, customer = batch.customer, currency = batch.currency, amount = batch.amount,
    amount_paid = batch.amount_paid, amount_refunded = batch.amount_refunded,
    amount_disputed = batch.amount_disputed, status = batch.status, dispute = batch.dispute,
    ambiguous = batch.ambiguous, state = batch.state::jsonb, updated_at = $16
FROM unnest($1::text[], $2::text[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int8[],
            $9::int8[], $10::int8[], $11::int8[], $12::text[], $13::text[], $14::bool[], $15::text[])
     AS batch (id, account, livemode, order_id, held_reason, customer, currency, amount, amount_paid,
               amount_refunded, amount_disputed, status, dispute, ambiguous, state)
WHERE payments.id = batch.id
