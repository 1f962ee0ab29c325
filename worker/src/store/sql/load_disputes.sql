-- The named ones of the batch's payments that are in rows, and every one of the payments that must be whole.
SELECT payment_id, id, versions::text FROM disputes WHERE id = ANY ($1) AND payment_id = ANY ($2) AND versions IS NOT NULL
UNION
SELECT payment_id, id, versions::text FROM disputes WHERE payment_id = ANY ($3) AND versions IS NOT NULL
