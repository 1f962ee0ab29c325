SELECT id, registered, customer, amount, currency, reference_code, state::text
FROM orders WHERE id = ANY ($1) ORDER BY id FOR UPDATE
