-- The ledger only grows: a movement that is there stays as it was first told.
INSERT INTO money_movements (key, kind, object_id, amount, currency, at)
SELECT key, kind, object_id, amount, currency, $6
FROM unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::text[])
     AS batch (key, kind, object_id, amount, currency)
ORDER BY key
ON CONFLICT (key) DO NOTHING
