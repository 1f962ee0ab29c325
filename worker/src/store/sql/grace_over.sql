-- Past-due subscriptions whose grace period is over. Not locked here: they are loaded like those of an event.
SELECT id FROM subscriptions WHERE access AND access_until <= $1 ORDER BY access_until LIMIT $2
