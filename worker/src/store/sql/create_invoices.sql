INSERT INTO invoices (id) SELECT id FROM unnest($1::text[]) AS batch (id) ORDER BY id
ON CONFLICT (id) DO NOTHING RETURNING id
