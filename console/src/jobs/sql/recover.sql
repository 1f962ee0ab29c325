-- The runner before died while these were being sent. They may have arrived: never sent again.
UPDATE job_items SET state = 'unknown', note = 'the console ended while this was being sent'
WHERE job_id = $1 AND state = 'sending'
