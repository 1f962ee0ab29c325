INSERT INTO attentions (subject, acknowledged_by, acknowledged_at) VALUES ($1, $2, now())
ON CONFLICT (subject) DO UPDATE SET acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at
