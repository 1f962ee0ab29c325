INSERT INTO disputes (id, payment_id, order_id, charge, amount, currency, status, state, reason, due_by, withdrawn,
                      reinstated, versions, updated_at)
SELECT id, payment_id, order_id, charge, amount, currency, status, state, reason, due_by, withdrawn, reinstated,
       versions::jsonb, $14
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::timestamptz[], $11::bool[], $12::bool[], $13::text[])
     AS batch (id, payment_id, order_id, charge, amount, currency, status, state, reason, due_by, withdrawn,
               reinstated, versions)
ORDER BY id
ON CONFLICT (id) DO UPDATE
SET payment_id = excluded.payment_id, order_id = excluded.order_id, charge = excluded.charge,
    amount = excluded.amount, currency = excluded.currency, status = excluded.status, state = excluded.state,
    reason = excluded.reason, due_by = excluded.due_by, withdrawn = excluded.withdrawn,
    reinstated = excluded.reinstated, versions = excluded.versions, updated_at = excluded.updated_at
