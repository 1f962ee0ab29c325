-- The statuses of the orders that requests wait for, by their position. Without a mode: in whichever there is one.
SELECT wanted.position, orders.status
FROM unnest($1::text[], $2::text[], $3::bool[]) WITH ORDINALITY AS wanted (id, account, livemode, position)
     JOIN orders ON orders.id = wanted.id AND orders.account = wanted.account
                AND (wanted.livemode IS NULL OR orders.livemode = wanted.livemode OR orders.livemode IS NULL)
