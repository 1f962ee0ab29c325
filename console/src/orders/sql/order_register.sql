-- An order that a payment brought in before the company registered it.
UPDATE orders SET customer = coalesce($4, customer), amount = $5, currency = $6, reference_code = $7,
                  registered = true, updated_at = now()
WHERE id = $1 AND account = $2 AND livemode IS NOT DISTINCT FROM $3
