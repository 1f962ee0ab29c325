-- What waits for somebody, by reason.
SELECT 'dead_letter' AS kind, reason, count(*) AS count FROM dead_letters WHERE state = 'open' GROUP BY reason
UNION ALL
SELECT 'case', reason, count(*) FROM cases WHERE state = 'open' GROUP BY reason
