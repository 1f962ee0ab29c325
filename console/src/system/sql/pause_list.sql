SELECT queue, paused_at, paused_by, reason FROM queue_pauses ORDER BY queue
