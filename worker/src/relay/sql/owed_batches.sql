-- The rows of outbox_owed of destination $4 behind $1 and up to $3 that hold the next $2 messages, or all that are left; and
-- which is the newest row now.
SELECT batch, ids, (SELECT max(batch) FROM outbox_owed WHERE destination = $4)
FROM (SELECT batch, ids, sum(cardinality(ids)) OVER (ORDER BY batch) - cardinality(ids) AS before
      FROM (SELECT batch, ids FROM outbox_owed
            WHERE destination = $4 AND batch > $1 AND batch <= $3 ORDER BY batch LIMIT $2) AS next) AS counted
WHERE before < $2
ORDER BY batch
