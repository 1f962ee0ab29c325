-- The fingerprints under which events have died since the mark. A transaction may commit after one that began later, so
-- the last minute is looked at again; what was noted already changes nothing.
WITH mark AS (SELECT noted_until FROM alerts WHERE topic = 'alert.dead_letters' AND about = ''),
fresh AS (
    SELECT d.fingerprint, max(d.state_at) AS newest
    FROM dead_letters d JOIN mark ON d.state_at > mark.noted_until - interval '1 minute'
    WHERE d.state = 'open' GROUP BY d.fingerprint),
moved AS (
    UPDATE alerts SET noted_until = (SELECT max(newest) FROM fresh)
    WHERE topic = 'alert.dead_letters' AND about = '' AND noted_until < (SELECT max(newest) FROM fresh))
INSERT INTO alerts (topic, about, pending, noted_until)
SELECT 'alert.dead_letters', fingerprint, true, newest FROM fresh
ON CONFLICT (topic, about) DO UPDATE SET pending = true, noted_until = excluded.noted_until
    WHERE alerts.noted_until < excluded.noted_until
