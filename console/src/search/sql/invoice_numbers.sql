-- Numbers of invoices that were stored before the column was there.
UPDATE invoices i SET number = batch.number
FROM unnest($1::text[], $2::text[]) AS batch (id, number)
WHERE i.id = batch.id AND i.number IS NULL
