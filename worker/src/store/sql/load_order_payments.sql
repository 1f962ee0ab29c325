-- Those of the batch's payments that are in rows, and every one of the orders that must be whole.
SELECT account, livemode, order_id AS id, payment_id, state::text
FROM order_payments WHERE payment_id = ANY ($1)
UNION
SELECT p.account, p.livemode, p.order_id, p.payment_id, p.state::text
FROM order_payments p JOIN unnest($2::text[], $3::bool[], $4::text[]) AS key (account, livemode, id)
  ON p.order_id = key.id AND p.account = key.account AND p.livemode = key.livemode
