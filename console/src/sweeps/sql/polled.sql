SELECT polled_through FROM polls WHERE account = $1
