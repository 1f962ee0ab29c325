UPDATE jobs SET state = 'proposed' WHERE id = $1
