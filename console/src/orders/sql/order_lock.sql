-- Without a mode: in whichever there is one.
SELECT livemode, customer, amount, currency, reference_code, registered FROM orders
WHERE id = $1 AND account = $2 AND ($3::bool IS NULL OR livemode = $3 OR livemode IS NULL)
ORDER BY livemode LIMIT 2
FOR UPDATE
