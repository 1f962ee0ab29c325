-- How what a message is about stands now: refund $1, invoice $2, subscription $3, order $4 of account $5 and mode $6.
SELECT (SELECT status FROM refunds WHERE id = $1), (SELECT status FROM invoices WHERE id = $2),
       (SELECT status FROM subscriptions WHERE id = $3),
       (SELECT status FROM orders WHERE id = $4 AND account = $5 AND livemode IS NOT DISTINCT FROM $6),
       extract(epoch FROM now())::bigint
