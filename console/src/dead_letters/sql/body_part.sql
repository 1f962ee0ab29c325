-- $3 bytes of a body, from the one numbered $2 on, which counts from 1.
SELECT substring(payload FROM $2::int FOR $3::int) AS part FROM dead_letters WHERE id = $1
