-- What every destination is owed is in one small table, and what it has got is only inserted, as V15 did for the exchange.
-- Workers of the version before go on: `outbox_unsent` is what they know as such, and outbox_deliveries keeps its columns.

-- The W3C trace context of the request that brought an event: a replay stays in its trace.
ALTER TABLE events ADD COLUMN traceparent text;

-- Until this is committed nobody writes messages: the trigger changes what their deliveries are.
LOCK TABLE outbox_messages IN SHARE ROW EXCLUSIVE MODE;

-- One row for each statement that wrote messages and each destination that is owed them, or more for a large one.
ALTER TABLE outbox_unsent RENAME TO outbox_owed;
ALTER TABLE outbox_owed ADD COLUMN destination text NOT NULL DEFAULT 'amqp';
ALTER TABLE outbox_owed DROP CONSTRAINT outbox_unsent_pkey;
ALTER TABLE outbox_owed ADD PRIMARY KEY (destination, batch);
CREATE VIEW outbox_unsent AS SELECT batch, ids FROM outbox_owed WHERE destination = 'amqp';

-- What destinations other than the exchange have got; for the exchange it is outbox_sent.
CREATE TABLE outbox_delivered (
    -- No foreign key: checking it would lock, and so write, the row of the message.
    outbox_id   bigint      NOT NULL,
    destination text        NOT NULL,
    sent_at     timestamptz NOT NULL,
    PRIMARY KEY (outbox_id, destination)
);

-- outbox_deliveries has a row for a message that failed at a destination, was given up or was skipped: one that is sent at
-- the first attempt has none. Rows from before stay: those that wait are owed as well.
INSERT INTO outbox_owed (destination, ids)
SELECT destination, array_agg(outbox_id ORDER BY outbox_id)
FROM (SELECT destination, outbox_id,
             (row_number() OVER (PARTITION BY destination ORDER BY outbox_id) - 1) / 200 AS part
      FROM outbox_deliveries WHERE state = 'pending' AND destination <> 'amqp') AS numbered
GROUP BY destination, part ORDER BY part;

-- In the transaction that writes messages: they are owed to the exchange and to every other destination that wants their
-- topic, and the relay is woken when it commits. Alerts are for the alert destinations alone.
CREATE OR REPLACE FUNCTION outbox_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM written) THEN
        INSERT INTO outbox_owed (destination, ids)
        SELECT destination, array_agg(id ORDER BY id)
        FROM (SELECT destination, id, (row_number() OVER (PARTITION BY destination ORDER BY id) - 1) / 200 AS part
              FROM (SELECT 'amqp' AS destination, id FROM written WHERE NOT starts_with(topic, 'alert.')
                    UNION ALL
                    SELECT d.name, w.id FROM written w JOIN outbox_destinations d ON w.topic = ANY (d.topics)
                    WHERE d.state <> 'removed' AND d.name <> 'amqp') AS owed) AS numbered
        GROUP BY destination, part ORDER BY part;
        INSERT INTO outbox_sent (outbox_id, sent_at)
        SELECT id, created_at FROM written WHERE starts_with(topic, 'alert.');
        PERFORM pg_notify('sluicegate_outbox', '');
    END IF;
    RETURN NULL;
END
$$;

-- A message that is deleted is owed to nobody.
CREATE OR REPLACE FUNCTION outbox_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM outbox_sent s USING deleted d WHERE s.outbox_id = d.id;
    DELETE FROM outbox_delivered s USING deleted d WHERE s.outbox_id = d.id;
    WITH rest AS (
        SELECT u.destination, u.batch, array_agg(i.id ORDER BY i.position) FILTER (WHERE d.id IS NULL) AS ids
        FROM outbox_owed u
             CROSS JOIN LATERAL unnest(u.ids) WITH ORDINALITY AS i (id, position)
             LEFT JOIN deleted d ON d.id = i.id
        GROUP BY u.destination, u.batch HAVING count(d.id) > 0
    ), finished AS (
        DELETE FROM outbox_owed u USING rest
        WHERE u.destination = rest.destination AND u.batch = rest.batch AND rest.ids IS NULL
    )
    UPDATE outbox_owed u SET ids = rest.ids FROM rest
    WHERE u.destination = rest.destination AND u.batch = rest.batch AND rest.ids IS NOT NULL;
    RETURN NULL;
END
$$;

-- Sends a message to a destination, once more or at last. One that waits for its next attempt is sent now.
CREATE OR REPLACE FUNCTION outbox_send_again(message bigint, to_destination text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_destination = 'amqp' THEN
        IF EXISTS (SELECT FROM outbox_messages WHERE id = message AND starts_with(topic, 'alert.')) THEN
            RAISE EXCEPTION 'message % is an alert: alerts are for staff and are not sent to the exchange', message
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        DELETE FROM outbox_sent WHERE outbox_id = message;
    END IF;
    DELETE FROM outbox_deliveries WHERE outbox_id = message AND destination = to_destination;
    DELETE FROM outbox_delivered WHERE outbox_id = message AND destination = to_destination;
    -- Into a row of its own: the relay may be about to drop the one that it is still in, because it was given up.
    DELETE FROM outbox_owed WHERE destination = to_destination AND ids = ARRAY[message];
    UPDATE outbox_owed SET ids = array_remove(ids, message) WHERE destination = to_destination AND message = ANY (ids);
    INSERT INTO outbox_owed (destination, ids) SELECT to_destination, ARRAY[id] FROM outbox_messages WHERE id = message;
    PERFORM pg_notify('sluicegate_outbox', '');
END
$$;

-- Deliveries that the ingress refused, by the hour; kept for 30 days. The names of endpoints are those of the settings.
CREATE TABLE rejections (
    hour     timestamptz NOT NULL,
    -- '' is the endpoint without a name.
    endpoint text        NOT NULL,
    reason   text        NOT NULL CHECK (reason IN (
        'missing_signature', 'malformed_signature', 'signature_mismatch', 'timestamp_out_of_tolerance', 'malformed_event',
        'unknown_endpoint', 'address_not_allowed', 'rate_limited', 'body_too_large')),
    count    bigint      NOT NULL CHECK (count > 0),
    last_at  timestamptz NOT NULL,
    PRIMARY KEY (hour, endpoint, reason)
);

-- The last few of them for each endpoint and reason, without their bodies.
CREATE TABLE rejection_samples (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    endpoint    text        NOT NULL,
    reason      text        NOT NULL,
    path        text        NOT NULL,
    client      text,
    user_agent  text,
    -- Seconds from the signature's timestamp to the arrival.
    skew        bigint,
    v1          boolean     NOT NULL,
    v0          boolean     NOT NULL,
    body_bytes  bigint,
    -- The first 16 hexadecimal digits.
    body_sha256 text,
    -- What is wrong with the signature.
    diagnosis   jsonb
);
CREATE INDEX rejection_samples_newest ON rejection_samples (endpoint, reason, id DESC);
