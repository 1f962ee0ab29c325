-- An attempt that succeeded is no failure: its count is taken off again, with the lock that it caused.
UPDATE sign_in_failures SET failures = greatest(failures - 1, 0),
                            locked_until = CASE WHEN failures > $2 THEN locked_until END
WHERE subject = $1
