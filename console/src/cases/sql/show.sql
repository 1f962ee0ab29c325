SELECT id, payment_id, account, livemode, order_id, reason, customer, amount, currency, order_amount, order_currency,
       state, resolution, opened_at, closed_at
FROM cases WHERE id = $1
