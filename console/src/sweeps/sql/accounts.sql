-- The connected accounts that events have come from. Each step of the recursion is one look-up in the index
-- events_account, however many events an account has.
WITH RECURSIVE known (account) AS (
    (SELECT account FROM events WHERE account IS NOT NULL ORDER BY account LIMIT 1)
    UNION ALL
    SELECT (SELECT account FROM events WHERE account > known.account ORDER BY account LIMIT 1)
    FROM known WHERE known.account IS NOT NULL
)
SELECT account FROM known WHERE account IS NOT NULL
