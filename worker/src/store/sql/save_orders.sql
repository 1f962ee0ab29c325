-- What was registered is the company's statement and is never overwritten by what a payment says.
UPDATE orders
SET customer = CASE WHEN registered THEN orders.customer ELSE batch.customer END,
    amount = CASE WHEN registered THEN orders.amount ELSE batch.amount END,
    currency = CASE WHEN registered THEN orders.currency ELSE batch.currency END,
    reference_code = CASE WHEN registered THEN orders.reference_code ELSE batch.reference_code END,
    status = batch.status,
    status_since = CASE WHEN orders.status = batch.status THEN orders.status_since ELSE $14 END,
    amount_paid = batch.amount_paid, amount_refunded = batch.amount_refunded,
    amount_disputed = batch.amount_disputed, payment_intent = batch.payment_intent, state = batch.state::jsonb,
    updated_at = $14
FROM unnest($1::text[], $2::bool[], $3::text[], $4::text[], $5::int8[], $6::text[], $7::text[], $8::text[],
            $9::int8[], $10::int8[], $11::int8[], $12::text[], $13::text[])
     AS batch (account, livemode, id, customer, amount, currency, reference_code, status, amount_paid,
               amount_refunded, amount_disputed, payment_intent, state)
WHERE orders.id = batch.id AND orders.account = batch.account AND orders.livemode = batch.livemode
