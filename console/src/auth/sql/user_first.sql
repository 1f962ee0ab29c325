-- Only where there is nobody yet.
INSERT INTO users (name, role, password, change_password)
SELECT $1, 'admin', $2, true WHERE NOT EXISTS (SELECT FROM users) ON CONFLICT (name) DO NOTHING
