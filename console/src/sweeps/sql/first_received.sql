SELECT min(received_at) AS at FROM events
