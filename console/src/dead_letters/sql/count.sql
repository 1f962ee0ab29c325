SELECT count(*) AS count FROM dead_letters
