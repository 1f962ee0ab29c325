SELECT payload FROM dead_letter_bodies WHERE dead_letter_id = $1 AND hash = decode($2, 'hex')
