INSERT INTO refunds (id, payment_id, order_id, charge, amount, currency, status, reason, failure_reason,
                     releases_hold, updated_at)
SELECT id, payment_id, order_id, charge, amount, currency, status, reason, failure_reason, releases_hold, $11
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::bool[])
     AS batch (id, payment_id, order_id, charge, amount, currency, status, reason, failure_reason,
               releases_hold)
ORDER BY id
ON CONFLICT (id) DO UPDATE
SET payment_id = excluded.payment_id, order_id = excluded.order_id, charge = excluded.charge,
    amount = excluded.amount, currency = excluded.currency, status = excluded.status, reason = excluded.reason,
    failure_reason = excluded.failure_reason, releases_hold = excluded.releases_hold, updated_at = excluded.updated_at
