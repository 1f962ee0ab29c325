SELECT aggregate, aggregate_id, at, change FROM effects WHERE event_id = $1 ORDER BY aggregate, aggregate_id
