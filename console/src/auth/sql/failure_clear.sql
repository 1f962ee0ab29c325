-- Names are the caller's choice: what is long over is cleared away. Waits for nobody.
DELETE FROM sign_in_failures WHERE subject IN (
    SELECT subject FROM sign_in_failures WHERE last_at < now() - interval '1 day' FOR UPDATE SKIP LOCKED)
