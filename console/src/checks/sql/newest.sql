-- The newest of each kind and account.
SELECT DISTINCT ON (kind, account) kind, account, scope, checked, found, repaired, finished_at
FROM stripe_checks ORDER BY kind, account, id DESC
