INSERT INTO orders (id, customer, amount, currency, reference_code, registered)
VALUES ($1, $2, $3, $4, $5, true)
ON CONFLICT (id) DO NOTHING
