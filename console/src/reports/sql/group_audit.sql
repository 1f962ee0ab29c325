-- What was done with the group and with each of its dead letters, and the jobs that took them in.
SELECT id, at, actor, action, subject, reason, encode(hash, 'hex') AS hex FROM audit
WHERE subject IN (
    SELECT 'group:' || $1::text
    UNION SELECT 'dead_letter:' || id FROM dead_letters WHERE fingerprint = $1
    UNION SELECT 'job:' || i.job_id FROM job_items i JOIN dead_letters d ON d.id = i.dead_letter_id WHERE d.fingerprint = $1)
ORDER BY id LIMIT $2
