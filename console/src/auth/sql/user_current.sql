-- A password that is changed meanwhile waits, and ends the session that begins here, or was first: then there is no row.
SELECT role FROM users WHERE name = $1 AND disabled_at IS NULL AND password = $2 FOR SHARE
