DELETE FROM orders USING unnest($1::text[], $2::bool[], $3::text[]) AS key (account, livemode, id)
WHERE orders.id = key.id AND orders.account = key.account AND orders.livemode = key.livemode AND NOT registered
