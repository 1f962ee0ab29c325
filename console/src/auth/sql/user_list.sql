SELECT u.name, u.role, u.password IS NOT NULL AS has_password, u.created_at, u.disabled_at, f.locked_until
FROM users u
LEFT JOIN (SELECT substr(subject, CASE WHEN subject LIKE 'name:%' THEN 6 ELSE position(' ' IN subject) + 1 END) AS name,
                  max(locked_until) AS locked_until
           FROM sign_in_failures
           WHERE locked_until > now() AND (subject LIKE 'name:%' OR subject LIKE 'pair:% %' OR subject LIKE 'browser:% %')
           GROUP BY 1) f ON f.name = lower(u.name)
ORDER BY u.name
