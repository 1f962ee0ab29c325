-- Orders, payments, refunds and invoices of an amount. $1 decimals and $2 minor units of each way to read it, $3 the
-- currencies, empty for any; $4 currencies without decimals, $5 those with three, both in upper case; $6 account and $7
-- mode, or null for all. Each kind has its own limit: a price is on every order of a shop.
WITH asked AS (SELECT * FROM unnest($1::int4[], $2::int8[]) AS a (decimals, amount))
SELECT f.* FROM asked a CROSS JOIN LATERAL (
    (SELECT 'order' AS kind, o.id, o.account, o.livemode, o.status, o.amount, o.currency, NULL::text AS order_id,
            o.customer, o.created_at AS at
     FROM orders o
     WHERE o.amount = a.amount AND (cardinality($3::text[]) = 0 OR o.currency = ANY ($3))
       AND CASE WHEN upper(o.currency) = ANY ($4::text[]) THEN 0 WHEN upper(o.currency) = ANY ($5::text[]) THEN 3 ELSE 2 END = a.decimals
       AND ($6::text IS NULL OR o.account = $6) AND ($7::bool IS NULL OR o.livemode = $7 OR o.livemode IS NULL)
     ORDER BY o.number DESC LIMIT $8)
    UNION ALL
    (SELECT 'payment', p.id, p.account, p.livemode, p.status, p.amount, p.currency, p.order_id, p.customer, p.updated_at
     FROM payments p
     WHERE p.amount = a.amount AND (cardinality($3) = 0 OR p.currency = ANY ($3))
       AND CASE WHEN upper(p.currency) = ANY ($4) THEN 0 WHEN upper(p.currency) = ANY ($5) THEN 3 ELSE 2 END = a.decimals
       AND ($6 IS NULL OR p.account = $6) AND ($7 IS NULL OR p.livemode = $7)
     ORDER BY p.id DESC LIMIT $8)
    UNION ALL
    (SELECT 'refund', r.id, p.account, p.livemode, r.status, r.amount, r.currency, r.order_id, p.customer, r.updated_at
     FROM refunds r JOIN payments p ON p.id = r.payment_id
     WHERE r.amount = a.amount AND (cardinality($3) = 0 OR r.currency = ANY ($3))
       AND CASE WHEN upper(r.currency) = ANY ($4) THEN 0 WHEN upper(r.currency) = ANY ($5) THEN 3 ELSE 2 END = a.decimals
       AND ($6 IS NULL OR p.account = $6) AND ($7 IS NULL OR p.livemode = $7)
     ORDER BY r.id DESC LIMIT $8)
    UNION ALL
    (SELECT 'invoice', i.id, i.account, i.livemode, i.status, i.amount_due, i.currency, NULL, i.customer, i.updated_at
     FROM invoices i
     WHERE i.amount_due = a.amount AND i.amount_due > 0 AND (cardinality($3) = 0 OR i.currency = ANY ($3))
       AND CASE WHEN upper(i.currency) = ANY ($4) THEN 0 WHEN upper(i.currency) = ANY ($5) THEN 3 ELSE 2 END = a.decimals
       AND ($6 IS NULL OR i.account = $6) AND ($7 IS NULL OR i.livemode = $7)
     ORDER BY i.id DESC LIMIT $8)
) AS f
