INSERT INTO attentions (subject, assignee) VALUES ($1, $2)
ON CONFLICT (subject) DO UPDATE SET assignee = excluded.assignee
