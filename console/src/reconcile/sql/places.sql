-- The payment of each charge, refund and dispute that the workers know, and the charge of a refund or dispute.
SELECT source, coalesce(c.payment_id, r.payment_id, d.payment_id, p.id), coalesce(r.charge, d.charge)
FROM unnest($1::text[]) AS source
LEFT JOIN charges c ON c.id = source
LEFT JOIN refunds r ON r.id = source
LEFT JOIN disputes d ON d.id = source
LEFT JOIN payments p ON p.id = source
WHERE coalesce(c.payment_id, r.payment_id, d.payment_id, p.id) IS NOT NULL
