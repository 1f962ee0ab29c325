INSERT INTO order_payments (account, livemode, order_id, payment_id, state)
SELECT account, livemode, order_id, payment_id, state::jsonb
FROM unnest($1::text[], $2::bool[], $3::text[], $4::text[], $5::text[])
     AS batch (account, livemode, order_id, payment_id, state)
ORDER BY payment_id
ON CONFLICT (payment_id) DO UPDATE
SET account = excluded.account, livemode = excluded.livemode, order_id = excluded.order_id, state = excluded.state
