-- Payments of a changed order that the batch did not lock: whether they count may depend on the others.
UPDATE payments SET held_reason = batch.held_reason, updated_at = $3
FROM unnest($1::text[], $2::text[]) AS batch (id, held_reason)
WHERE payments.id = batch.id AND payments.held_reason IS DISTINCT FROM batch.held_reason
