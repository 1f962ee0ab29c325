-- Nothing is owed any more that outbox_deliveries calls sent, skipped or given up: a relay that ended between its two
-- statements left it, or one of the version before, which knows only outbox_deliveries.
WITH rest AS MATERIALIZED (
    SELECT u.destination, u.batch,
           array_agg(i.id ORDER BY i.position) FILTER (WHERE d.outbox_id IS NULL) AS ids
    FROM outbox_owed u
         CROSS JOIN LATERAL unnest(u.ids) WITH ORDINALITY AS i (id, position)
         LEFT JOIN outbox_deliveries d
                ON d.outbox_id = i.id AND d.destination = u.destination AND d.state <> 'pending'
    GROUP BY u.destination, u.batch HAVING count(d.outbox_id) > 0
), finished AS (
    DELETE FROM outbox_owed u USING rest
    WHERE u.destination = rest.destination AND u.batch = rest.batch AND rest.ids IS NULL
)
UPDATE outbox_owed u SET ids = rest.ids FROM rest
WHERE u.destination = rest.destination AND u.batch = rest.batch AND rest.ids IS NOT NULL
