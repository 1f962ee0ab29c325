SELECT c.id, c.reason, c.order_id, c.account, c.livemode, c.amount, c.currency, c.opened_at, a.assignee, a.acknowledged_by
FROM cases c LEFT JOIN attentions a ON a.subject = 'case:' || c.id
WHERE c.state = 'open' ORDER BY c.opened_at LIMIT 200
