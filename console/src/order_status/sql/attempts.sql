-- The newest events of payments $1 that are of types $2: those about the payment itself, and those that changed it.
SELECT e.id, e.type, e.created, e.payload::text AS payload
FROM events e
WHERE e.type = ANY ($2::text[])
  AND e.id IN (SELECT id FROM events WHERE object_id = ANY ($1::text[])
               UNION SELECT event_id FROM effects WHERE aggregate = 'payment' AND aggregate_id = ANY ($1))
ORDER BY e.created DESC, e.id DESC LIMIT 20
