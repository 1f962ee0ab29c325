DELETE FROM invoices WHERE id = ANY ($1)
