-- The workers that were heard of in the last 30 seconds.
SELECT kind, host, version, settings FROM workers WHERE seen_at > now() - interval '30 seconds' ORDER BY kind, host, id
