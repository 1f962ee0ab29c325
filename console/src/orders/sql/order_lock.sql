SELECT customer, amount, currency, reference_code, registered FROM orders WHERE id = $1 FOR UPDATE
