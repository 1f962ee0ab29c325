SELECT paused_by FROM queue_pauses WHERE queue = $1
