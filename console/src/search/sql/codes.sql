-- The invoice with this number, and the order with this reference code. $1 is lower case.
(SELECT 'invoice' AS kind, id, account, livemode, status, amount_due AS amount, currency, NULL::text AS order_id, customer,
        updated_at AS at
 FROM invoices WHERE number IS NOT NULL AND lower(number) = $1::text LIMIT $2)
UNION ALL
(SELECT 'order', id, account, livemode, status, amount, currency, NULL, customer, created_at
 FROM orders WHERE reference_code IS NOT NULL AND lower(reference_code) = $1 LIMIT $2)
