-- The newest events about the objects that a message names ($1) and those that belong with them: the sessions and charges
-- of a payment, the session and newest invoices of a subscription. $4: the order, where the message names none of its
-- payments. Addresses are read from there when an e-mail is sent, and are kept nowhere else.
WITH paid AS (
    SELECT id, state FROM payments WHERE id = ANY ($1)
    UNION ALL
    (SELECT id, state FROM payments WHERE order_id = $4 AND account = $2 AND livemode = $3 AND held_reason IS NULL LIMIT 3)),
objects (id) AS (
    SELECT unnest($1::text[])
    UNION SELECT id FROM paid
    UNION SELECT jsonb_object_keys(state -> 'sessions') FROM paid
    UNION SELECT jsonb_object_keys(state -> 'charges') FROM paid
    UNION SELECT checkout_session FROM subscriptions WHERE id = ANY ($1)
    UNION (SELECT id FROM invoices WHERE subscription_id = ANY ($1) ORDER BY updated_at DESC LIMIT 3))
SELECT extract(epoch FROM e.created)::bigint, e.payload::text
FROM objects o
CROSS JOIN LATERAL (SELECT created, payload FROM events
                    WHERE object_id = o.id AND coalesce(account, '') = $2 AND livemode = $3
                    ORDER BY received_at DESC LIMIT 3) e
