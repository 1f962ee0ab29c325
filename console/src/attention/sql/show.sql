SELECT acknowledged_by, acknowledged_at, assignee FROM attentions WHERE subject = $1
