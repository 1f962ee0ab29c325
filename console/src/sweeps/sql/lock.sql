-- One reader of a list at a time: the lock lives as long as this connection.
SELECT pg_try_advisory_lock(hashtextextended('sluicegate list ' || $1::text, 0)) AS locked
