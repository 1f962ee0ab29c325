UPDATE sweeps SET error = $2 WHERE id = $1
