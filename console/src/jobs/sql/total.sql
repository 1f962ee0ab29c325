UPDATE jobs SET total = $2 WHERE id = $1
