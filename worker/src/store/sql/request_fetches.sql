-- Objects to be fetched, in the order of the key, so that two batches with the same ones cannot deadlock. One that
-- is waited for already is fetched once; one that is being fetched is fetched again.
INSERT INTO object_fetches (account, livemode, object, id, due_at)
SELECT account, livemode, object, id, $5
FROM unnest($1::text[], $2::bool[], $3::text[], $4::text[]) AS doubt (account, livemode, object, id)
ORDER BY account, livemode, id
ON CONFLICT (account, livemode, id) DO UPDATE SET due_at = least(object_fetches.due_at, excluded.due_at)
