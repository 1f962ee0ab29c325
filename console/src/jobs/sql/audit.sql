INSERT INTO audit (actor, action, subject, reason)
SELECT $1, $2, 'dead_letter:' || id, $3 FROM unnest($4::bigint[]) AS id ORDER BY id
