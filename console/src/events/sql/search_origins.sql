-- Accounts and modes of events that name an id and have changed nothing: they wait for a retry, or are dead letters.
SELECT coalesce(e.account, '') AS account, e.livemode FROM event_refs r JOIN events e ON e.id = r.event_id WHERE r.ref = $1
UNION SELECT account, livemode FROM dead_letters
      WHERE refs @> ARRAY[$1::text] AND account IS NOT NULL AND livemode IS NOT NULL
