-- One runner for a job: the lock lives as long as this connection.
SELECT pg_try_advisory_lock(hashtextextended('sluicegate job ' || $1::bigint, 0)) AS locked
