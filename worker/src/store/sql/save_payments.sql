UPDATE payments
SET order_id = batch.order_id, customer = batch.customer, currency = batch.currency, amount = batch.amount,
    amount_paid = batch.amount_paid, amount_refunded = batch.amount_refunded, status = batch.status,
    dispute = batch.dispute, ambiguous = batch.ambiguous, state = batch.state::jsonb, updated_at = $12
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::int8[], $7::int8[], $8::text[],
            $9::text[], $10::bool[], $11::text[])
     AS batch (id, order_id, customer, currency, amount, amount_paid, amount_refunded, status, dispute,
               ambiguous, state)
WHERE payments.id = batch.id
