-- The ledger follows what is known of the payment; booked_at keeps when a movement was first written.
INSERT INTO money_movements (key, payment_id, kind, object_id, amount, currency, at, booked_at)
SELECT key, payment_id, kind, object_id, amount, currency, at, $8
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::text[], $7::timestamptz[])
     AS batch (key, payment_id, kind, object_id, amount, currency, at)
ORDER BY key
ON CONFLICT (key) DO UPDATE
SET payment_id = excluded.payment_id, amount = excluded.amount, currency = excluded.currency, at = excluded.at
