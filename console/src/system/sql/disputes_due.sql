-- Disputes whose evidence is due within 7 days, the first first.
SELECT id, payment_id, amount, currency, due_by FROM disputes
WHERE state IN ('open', 'inquiry') AND due_by > now() AND due_by < now() + interval '7 days' ORDER BY due_by, id LIMIT 100
