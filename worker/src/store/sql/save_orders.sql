-- What was registered is the company's word and is never overwritten by what a payment says.
UPDATE orders
SET customer = CASE WHEN registered THEN orders.customer ELSE batch.customer END,
    amount = CASE WHEN registered THEN orders.amount ELSE batch.amount END,
    currency = CASE WHEN registered THEN orders.currency ELSE batch.currency END,
    reference_code = CASE WHEN registered THEN orders.reference_code ELSE batch.reference_code END,
    status = batch.status, amount_paid = batch.amount_paid, amount_refunded = batch.amount_refunded,
    payment_intent = batch.payment_intent, state = batch.state::jsonb, updated_at = $11
FROM unnest($1::text[], $2::text[], $3::int8[], $4::text[], $5::text[], $6::text[], $7::int8[], $8::int8[],
            $9::text[], $10::text[])
     AS batch (id, customer, amount, currency, reference_code, status, amount_paid, amount_refunded,
               payment_intent, state)
WHERE orders.id = batch.id
