UPDATE cases SET state = 'closed', resolution = batch.resolution, closed_at = $3
FROM unnest($1::text[], $2::text[]) AS batch (payment_id, resolution)
WHERE cases.payment_id = batch.payment_id AND cases.state = 'open'
