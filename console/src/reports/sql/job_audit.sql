-- What was done with the job and, for it, with each of its dead letters.
SELECT id, at, actor, action, subject, reason, encode(hash, 'hex') AS hex FROM audit
WHERE subject = 'job:' || $1::bigint
   OR (subject IN (SELECT 'dead_letter:' || dead_letter_id FROM job_items WHERE job_id = $1)
       AND reason LIKE 'job ' || $1::bigint || ': %')
ORDER BY id LIMIT $2
