SELECT outbox_resume($1)
