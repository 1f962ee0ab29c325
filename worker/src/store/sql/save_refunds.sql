INSERT INTO refunds (id, payment_id, order_id, charge, amount, currency, status, reason, failure_reason,
                     releases_hold, versions, updated_at)
SELECT id, payment_id, order_id, charge, amount, currency, status, reason, failure_reason, releases_hold,
       versions::jsonb, $12
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::bool[], $11::text[])
     AS batch (id, payment_id, order_id, charge, amount, currency, status, reason, failure_reason,
               releases_hold, versions)
ORDER BY id
ON CONFLICT (id) DO UPDATE
SET payment_id = excluded.payment_id, order_id = excluded.order_id, charge = excluded.charge,
    amount = excluded.amount, currency = excluded.currency, status = excluded.status, reason = excluded.reason,
    failure_reason = excluded.failure_reason, releases_hold = excluded.releases_hold, versions = excluded.versions,
    updated_at = excluded.updated_at
