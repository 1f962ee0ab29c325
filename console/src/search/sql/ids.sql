-- Ids that differ from $1, which is lower case, in nothing but their case. $2 is $1 as a pattern that matches itself.
SELECT id FROM (
    (SELECT id FROM orders WHERE length($1) >= 3 AND lower(id) LIKE $2::text LIMIT 5)
    UNION (SELECT id FROM payments WHERE lower(id) = $1::text LIMIT 5)
    UNION (SELECT id FROM charges WHERE lower(id) = $1 LIMIT 5)
    UNION (SELECT id FROM events WHERE lower(id) = $1 LIMIT 5)
    UNION (SELECT object_id FROM events WHERE lower(object_id) = $1 LIMIT 5)
    UNION (SELECT customer FROM payments WHERE customer IS NOT NULL AND lower(customer) = $1 LIMIT 5)
    UNION (SELECT customer FROM subscriptions WHERE customer IS NOT NULL AND lower(customer) = $1 LIMIT 5)
) AS found
ORDER BY id LIMIT 5
