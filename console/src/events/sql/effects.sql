-- With the currency of what was changed: a change names it only when it changes itself. An order's id is unique only
-- within an account and a mode: those of the event.
SELECT x.aggregate, x.aggregate_id, x.at, x.change, coalesce(p.currency, o.currency, i.currency) AS currency
FROM effects x
JOIN events e ON e.id = x.event_id
LEFT JOIN payments p ON x.aggregate = 'payment' AND p.id = x.aggregate_id
LEFT JOIN orders o ON x.aggregate = 'order' AND o.id = x.aggregate_id AND o.account = coalesce(e.account, '')
                      AND (o.livemode = e.livemode OR o.livemode IS NULL)
LEFT JOIN invoices i ON x.aggregate = 'invoice' AND i.id = x.aggregate_id
WHERE x.event_id = $1 ORDER BY x.aggregate, x.aggregate_id
