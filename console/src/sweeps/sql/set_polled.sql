INSERT INTO polls (account, polled_through) VALUES ($1, $2)
ON CONFLICT (account) DO UPDATE SET polled_through = excluded.polled_through
