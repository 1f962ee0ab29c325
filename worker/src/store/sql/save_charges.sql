UPDATE charges SET payment_id = batch.payment_id
FROM unnest($1::text[], $2::text[]) AS batch (id, payment_id) WHERE charges.id = batch.id
