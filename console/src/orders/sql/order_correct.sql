-- What the company had said wrongly. Only before anything was paid.
UPDATE orders SET customer = $4, amount = $5, currency = $6, reference_code = $7, updated_at = now()
WHERE id = $1 AND account = $2 AND livemode IS NOT DISTINCT FROM $3
