SELECT orders.account, orders.livemode, orders.id, registered, customer, amount, currency, reference_code, state::text
FROM orders JOIN unnest($1::text[], $2::bool[], $3::text[]) AS key (account, livemode, id)
  ON orders.id = key.id AND orders.account = key.account AND orders.livemode = key.livemode
ORDER BY orders.id, orders.account, orders.livemode
FOR UPDATE OF orders
