-- What the company had said wrongly. Only before anything was paid.
UPDATE orders SET customer = $2, amount = $3, currency = $4, reference_code = $5, updated_at = now() WHERE id = $1
