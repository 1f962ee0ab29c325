UPDATE job_items i SET state = m.state, note = m.note, at = now()
FROM unnest($2::int[], $3::text[], $4::text[]) AS m (position, state, note)
WHERE i.job_id = $1 AND i.position = m.position AND i.state IN ('waiting', 'sending', 'unknown')
