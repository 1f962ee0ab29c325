-- An attempt that turned out right was none: what it had counted is given back, with the lock that it brought about.
UPDATE sign_in_failures SET failures = greatest(failures - 1, 0),
                            locked_until = CASE WHEN failures > $2 THEN locked_until END
WHERE subject = $1
