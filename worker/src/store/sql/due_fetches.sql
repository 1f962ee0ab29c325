-- Takes what is due, for as long as a fetch may take: a worker that dies holds it no longer. With the API version of the
-- object's newest event, so that Stripe's answer has the same shape, and with what is open about a payment by now.
UPDATE object_fetches AS due
SET attempts = attempts + 1, due_at = now() + interval '5 minutes'
WHERE (account, livemode, id) IN (
    SELECT account, livemode, id FROM object_fetches WHERE due_at <= now() ORDER BY due_at LIMIT $1
    FOR UPDATE SKIP LOCKED
)
RETURNING account, livemode, object, id, attempts, due_at,
    (SELECT api_version FROM events WHERE events.object_id = due.id AND api_version IS NOT NULL
     ORDER BY received_at DESC, events.id DESC LIMIT 1),
    (SELECT held_reason IS NOT NULL FROM payments WHERE payments.id = due.id AND due.object = 'payment_intent'),
    (SELECT ambiguous FROM payments WHERE payments.id = due.id AND due.object = 'payment_intent')
