-- Locked in one order: of two admins who disable each other at once one is left.
SELECT name FROM users WHERE role = 'admin' AND disabled_at IS NULL ORDER BY name FOR UPDATE
