-- An order that a payment brought in before the company registered it.
UPDATE orders SET customer = coalesce($2, customer), amount = $3, currency = $4, reference_code = $5,
                  registered = true, updated_at = now()
WHERE id = $1
