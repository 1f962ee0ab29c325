INSERT INTO cases (payment_id, account, livemode, order_id, reason, customer, amount, currency, order_amount,
                   order_currency, state, opened_at)
SELECT payment_id, account, livemode, order_id, reason, customer, amount, currency, order_amount, order_currency,
       'open', $11
FROM unnest($1::text[], $2::text[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::int8[], $8::text[],
            $9::int8[], $10::text[])
     AS batch (payment_id, account, livemode, order_id, reason, customer, amount, currency, order_amount,
               order_currency)
ORDER BY payment_id
ON CONFLICT (payment_id) DO UPDATE
SET order_id = excluded.order_id, reason = excluded.reason, customer = excluded.customer, amount = excluded.amount,
    currency = excluded.currency, order_amount = excluded.order_amount, order_currency = excluded.order_currency,
    opened_at = CASE WHEN cases.state = 'open' THEN cases.opened_at ELSE excluded.opened_at END,
    state = 'open', resolution = NULL, closed_at = NULL
