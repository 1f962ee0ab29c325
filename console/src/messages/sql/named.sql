-- The newest messages with this key, or about the order, payment, refund, dispute, invoice or subscription with this
-- id: a key is the topic and then, behind slashes, what the message is about. `0` is the character after the slash.
WITH about (id) AS (
    SELECT $1::text
    UNION SELECT order_id || '/' || id FROM payments WHERE id = $1 AND order_id IS NOT NULL
    UNION SELECT id FROM payments WHERE order_id = $1
    UNION SELECT id FROM refunds WHERE payment_id = $1
    UNION SELECT id FROM refunds WHERE order_id = $1
    UNION SELECT id FROM disputes WHERE payment_id = $1
    UNION SELECT id FROM disputes WHERE order_id = $1
    UNION SELECT id FROM invoices WHERE subscription_id = $1
), named (key) AS (
    SELECT topics.topic || '/' || about.id FROM about, unnest($2::text[]) AS topics (topic)
), found AS (
    SELECT o.id FROM named JOIN outbox o ON o.key = named.key
    UNION SELECT o.id FROM named JOIN outbox o ON o.key > named.key || '/' AND o.key < named.key || '0'
    UNION SELECT o.id FROM outbox o WHERE o.key = $1
)
SELECT id FROM found ORDER BY id DESC LIMIT 1000
