SELECT encode(hash, 'hex') AS hash, octet_length(payload) AS bytes, reason, error, dead_at
FROM dead_letter_bodies WHERE dead_letter_id = $1 ORDER BY dead_at DESC, hash LIMIT 20
