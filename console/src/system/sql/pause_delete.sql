DELETE FROM queue_pauses WHERE queue = $1
