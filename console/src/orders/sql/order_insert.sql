INSERT INTO orders (id, account, livemode, customer, amount, currency, reference_code, registered)
VALUES ($1, $2, $3, $4, $5, $6, $7, true)
ON CONFLICT (id, account, livemode) DO NOTHING
