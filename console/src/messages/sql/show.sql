SELECT id, key, account, livemode, topic, lasting, created_at, payload FROM outbox WHERE id = $1
