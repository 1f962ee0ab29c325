-- The payment names another order now: so do the rows that the batch does not know.
UPDATE disputes SET order_id = batch.order_id
FROM unnest($1::text[], $2::text[]) AS batch (payment_id, order_id)
WHERE disputes.payment_id = batch.payment_id AND disputes.order_id IS DISTINCT FROM batch.order_id
