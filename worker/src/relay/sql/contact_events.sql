-- The newest events about the objects that a message names ($1) and those that belong with them: the sessions and charges
-- of a payment, the session and newest invoices of a subscription. Addresses are read from there when an e-mail is sent,
-- and are kept nowhere else.
WITH objects (id) AS (
    SELECT unnest($1::text[])
    UNION SELECT jsonb_object_keys(p.state -> 'sessions') FROM payments p WHERE p.id = ANY ($1)
    UNION SELECT jsonb_object_keys(p.state -> 'charges') FROM payments p WHERE p.id = ANY ($1)
    UNION SELECT checkout_session FROM subscriptions WHERE id = ANY ($1)
    UNION (SELECT id FROM invoices WHERE subscription_id = ANY ($1) ORDER BY updated_at DESC LIMIT 3))
SELECT extract(epoch FROM e.created)::bigint, e.payload::text
FROM objects o
CROSS JOIN LATERAL (SELECT created, payload FROM events
                    WHERE object_id = o.id AND coalesce(account, '') = $2 AND livemode = $3
                    ORDER BY received_at DESC LIMIT 3) e
