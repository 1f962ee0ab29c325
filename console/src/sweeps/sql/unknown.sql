-- Of these events, those that were never received: no worker has claimed them and no dead letter holds them.
SELECT id FROM unnest($1::text[]) AS listed (id)
WHERE NOT EXISTS (SELECT FROM events WHERE events.id = listed.id)
  AND NOT EXISTS (SELECT FROM dead_letters WHERE dead_letters.event_id = listed.id)
