SELECT type, reason, error FROM dead_letters WHERE fingerprint = $1 ORDER BY id DESC LIMIT 1
