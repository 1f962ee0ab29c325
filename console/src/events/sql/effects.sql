-- With the currency of what was changed: a change names it only when it changes itself.
SELECT x.aggregate, x.aggregate_id, x.at, x.change, coalesce(p.currency, o.currency, i.currency) AS currency
FROM effects x
LEFT JOIN payments p ON x.aggregate = 'payment' AND p.id = x.aggregate_id
LEFT JOIN orders o ON x.aggregate = 'order' AND o.id = x.aggregate_id
LEFT JOIN invoices i ON x.aggregate = 'invoice' AND i.id = x.aggregate_id
WHERE x.event_id = $1 ORDER BY x.aggregate, x.aggregate_id
