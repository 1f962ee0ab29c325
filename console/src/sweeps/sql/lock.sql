-- One reader of an account's events at a time: the lock lives as long as this connection.
SELECT pg_try_advisory_lock(hashtextextended('sluicegate sweep ' || $1::text, 0)) AS locked
