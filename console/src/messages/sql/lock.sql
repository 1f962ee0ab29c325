-- One request at a time sends a message again.
SELECT id FROM outbox_messages WHERE id = $1 FOR UPDATE
