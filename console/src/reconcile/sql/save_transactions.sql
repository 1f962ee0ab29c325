INSERT INTO balance_transactions AS known
    (account, livemode, id, type, reporting_category, source, amount, fee, net, currency, exchange_rate, payout_id,
     created, available_on)
SELECT $1, $2, id, type, reporting_category, source, amount, fee, net, currency, exchange_rate::numeric, payout_id,
       created, available_on
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::int8[], $8::int8[], $9::int8[], $10::text[],
            $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[])
     AS batch (id, type, reporting_category, source, amount, fee, net, currency, exchange_rate, payout_id,
               created, available_on)
ORDER BY id
ON CONFLICT (id) DO UPDATE
SET type = excluded.type, reporting_category = excluded.reporting_category, source = excluded.source,
    amount = excluded.amount, fee = excluded.fee, net = excluded.net, currency = excluded.currency,
    exchange_rate = excluded.exchange_rate, payout_id = coalesce(excluded.payout_id, known.payout_id),
    created = excluded.created, available_on = excluded.available_on, read_at = now()
