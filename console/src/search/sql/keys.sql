-- What has all of the keyed hashes $1, the newest first as Stripe's ids go: payments, subscriptions, invoices, and what
-- no row is of, such as a customer. The first hash leads: its keys are read in order, and no more than are needed.
WITH found AS (
    SELECT k.object_id, k.account, k.livemode FROM search_keys k
    WHERE k.hash = ($1::bytea[])[1] AND ($2::text IS NULL OR k.account = $2) AND ($3::bool IS NULL OR k.livemode = $3)
      AND (SELECT count(*) FROM search_keys o WHERE o.object_id = k.object_id AND o.hash = ANY ($1)) = cardinality($1)
    ORDER BY k.object_id DESC LIMIT $4
)
SELECT CASE WHEN p.id IS NOT NULL THEN 'payment' WHEN s.id IS NOT NULL THEN 'subscription'
            WHEN i.id IS NOT NULL THEN 'invoice' WHEN starts_with(f.object_id, 'cus_') THEN 'customer'
            ELSE 'object' END AS kind,
       f.object_id AS id, f.account, f.livemode, coalesce(p.status, s.status, i.status) AS status,
       coalesce(p.amount, i.amount_due) AS amount, coalesce(p.currency, i.currency) AS currency, p.order_id,
       coalesce(p.customer, s.customer, i.customer) AS customer,
       coalesce(p.updated_at, s.updated_at, i.updated_at) AS at
FROM found f
LEFT JOIN payments p ON p.id = f.object_id
LEFT JOIN subscriptions s ON s.id = f.object_id
LEFT JOIN invoices i ON i.id = f.object_id
ORDER BY f.object_id DESC
