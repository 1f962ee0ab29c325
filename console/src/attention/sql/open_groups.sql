-- Groups of open dead letters with the bodies of the newest of each, for what they are about. Large bodies are left out.
SELECT g.fingerprint, g.count, g.first_seen, n.type, n.reason, n.payloads, a.assignee, a.acknowledged_by
FROM (SELECT fingerprint, count(*) AS count, min(dead_at) AS first_seen FROM dead_letters WHERE state = 'open'
      GROUP BY fingerprint ORDER BY min(dead_at) LIMIT 100) g
CROSS JOIN LATERAL (
    SELECT max(type) AS type, max(reason) AS reason, array_agg(payload) AS payloads
    FROM (SELECT type, reason, CASE WHEN octet_length(payload) <= 65536 THEN payload ELSE '' END AS payload
          FROM dead_letters d WHERE d.fingerprint = g.fingerprint AND d.state = 'open' ORDER BY id DESC LIMIT 50) newest) n
LEFT JOIN attentions a ON a.subject = 'group:' || g.fingerprint
