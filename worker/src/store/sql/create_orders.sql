-- An order that was registered for either mode takes that of its first payment.
WITH wanted AS (
    SELECT account, livemode, id FROM unnest($1::text[], $2::bool[], $3::text[]) AS key (account, livemode, id)
), taken AS (
    UPDATE orders SET livemode = wanted.livemode FROM wanted
    WHERE orders.id = wanted.id AND orders.account = wanted.account AND orders.livemode IS NULL
      AND NOT EXISTS (SELECT FROM orders AS known
                      WHERE known.id = wanted.id AND known.account = wanted.account
                        AND known.livemode = wanted.livemode)
    RETURNING orders.account, orders.livemode, orders.id
)
INSERT INTO orders (account, livemode, id)
SELECT account, livemode, id FROM wanted
WHERE NOT EXISTS (SELECT FROM taken
                  WHERE (taken.account, taken.livemode, taken.id) = (wanted.account, wanted.livemode, wanted.id))
ORDER BY id, account, livemode
ON CONFLICT (id, account, livemode) DO NOTHING
RETURNING account, livemode, id
