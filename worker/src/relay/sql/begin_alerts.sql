-- Dead letters from before alerts were switched on are not reported.
INSERT INTO alerts (topic, about, pending, noted_until) VALUES ('alert.dead_letters', '', false, now())
ON CONFLICT (topic, about) DO NOTHING
