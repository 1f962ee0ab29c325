-- A row whose payment is unknown is the company's own, so that it is named.
SELECT m.key, m.kind, m.object_id, m.payment_id, m.amount, m.currency, m.at
FROM money_movements m LEFT JOIN payments p ON p.id = m.payment_id
WHERE coalesce(p.account, '') = $1 AND coalesce(p.livemode, $2) = $2
  AND (m.at >= $3 AND m.at < $4 OR m.payment_id = ANY ($5))
ORDER BY m.key
