SELECT state FROM outbox_destinations WHERE name = $1 FOR UPDATE
