SELECT id, subscription_id, customer, status, billing_reason, amount_due, amount_paid, currency, attempt_count,
       next_payment_attempt, period_end, payment_intent, payment_succeeded, updated_at, account, livemode
FROM invoices WHERE id = ANY($1::text[]) OR subscription_id = $2::text
ORDER BY period_end DESC NULLS LAST, id LIMIT 100
