-- The events about the object of event $1, in its account and mode, by Stripe's time; the ones before and after it.
WITH this AS (SELECT id, object_id, created, account, livemode FROM events WHERE id = $1)
(SELECT e.id, e.type, e.created, true AS earlier
 FROM this t JOIN events e ON e.object_id = t.object_id AND e.livemode = t.livemode AND e.account IS NOT DISTINCT FROM t.account
 WHERE (e.created, e.id) < (t.created, t.id) ORDER BY e.created DESC, e.id DESC LIMIT 5)
UNION ALL
(SELECT e.id, e.type, e.created, false
 FROM this t JOIN events e ON e.object_id = t.object_id AND e.livemode = t.livemode AND e.account IS NOT DISTINCT FROM t.account
 WHERE (e.created, e.id) > (t.created, t.id) ORDER BY e.created, e.id LIMIT 5)
ORDER BY created DESC, id DESC
