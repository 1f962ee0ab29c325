INSERT INTO payouts (account, livemode, id, amount, currency, status, automatic, arrival_date, created)
SELECT $1, $2, id, amount, currency, status, automatic, arrival_date, created
FROM unnest($3::text[], $4::int8[], $5::text[], $6::text[], $7::bool[], $8::timestamptz[], $9::timestamptz[])
     AS batch (id, amount, currency, status, automatic, arrival_date, created)
ORDER BY id
ON CONFLICT (id) DO UPDATE
SET amount = excluded.amount, status = excluded.status, arrival_date = excluded.arrival_date, read_at = now()
