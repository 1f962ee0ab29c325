SELECT u.name, u.role, u.password IS NOT NULL AS has_password, u.created_at, u.disabled_at,
       CASE WHEN f.locked_until > now() THEN f.locked_until END AS locked_until
FROM users u LEFT JOIN sign_in_failures f ON f.subject = 'name:' || lower(u.name)
ORDER BY u.name
