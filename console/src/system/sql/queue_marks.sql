SELECT queue, oldest_after FROM queue_marks
