SELECT name FROM users WHERE role IN ('operator', 'admin') AND disabled_at IS NULL ORDER BY name
