SELECT outbox_send_again($1, $2)
