-- Every key of what has all of the hashes $1, or is named $2.
WITH found AS (
    SELECT object_id FROM search_keys WHERE hash = ANY ($1::bytea[])
    GROUP BY object_id HAVING count(*) = cardinality($1)
    UNION SELECT $2::text
    UNION SELECT id FROM payments WHERE customer = $2
    UNION SELECT id FROM subscriptions WHERE customer = $2
    UNION SELECT id FROM invoices WHERE customer = $2
)
DELETE FROM search_keys k USING found WHERE k.object_id = found.object_id
