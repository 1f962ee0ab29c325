DELETE FROM money_movements WHERE key = ANY ($1)
