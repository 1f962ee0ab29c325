-- Where a payment stands, and its order.
SELECT p.id, p.account, p.livemode, p.order_id, p.customer, p.currency, p.amount, p.amount_paid, p.amount_refunded,
       p.amount_disputed, p.status, p.held_reason, p.dispute, o.status AS order_status
FROM payments p
     LEFT JOIN orders o ON o.id = p.order_id AND o.account = p.account AND o.livemode = p.livemode
WHERE p.id = $1
