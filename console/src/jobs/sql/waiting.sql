SELECT EXISTS (SELECT FROM job_items WHERE job_id = $1 AND state IN ('waiting', 'sending')) AS waiting
