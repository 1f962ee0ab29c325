-- A message is written once and never updated: that it was sent is a row of its own, and what is still to be sent to the
-- exchange is in a small table. `outbox` is a view of both, as it was.

CREATE TABLE outbox_sent (
    -- No foreign key: checking it would lock, and so write, the row of the message.
    outbox_id bigint PRIMARY KEY,
    sent_at   timestamptz NOT NULL
);
INSERT INTO outbox_sent (outbox_id, sent_at) SELECT id, sent_at FROM outbox WHERE sent_at IS NOT NULL;

DROP INDEX outbox_unsent;
-- What the exchange has not got yet and has not been given up: one row for each statement that wrote messages, or more
-- for a large one. It appears with the commit that writes the messages, so none is passed over, whichever transaction
-- commits first. Of two statements that write about one aggregate the later has the larger batch, because the
-- aggregate is locked until the earlier is committed.
CREATE TABLE outbox_unsent (
    batch bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Of messages, in the order in which they are sent.
    ids   bigint[] NOT NULL CHECK (cardinality(ids) > 0)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
INSERT INTO outbox_unsent (ids)
SELECT array_agg(id ORDER BY id)
FROM (SELECT o.id, (row_number() OVER (ORDER BY o.id) - 1) / 200 AS part FROM outbox o
      WHERE o.sent_at IS NULL
        AND NOT EXISTS (SELECT FROM outbox_deliveries d
                        WHERE d.outbox_id = o.id AND d.destination = 'amqp' AND d.state = 'failed')) AS numbered
GROUP BY part ORDER BY part;

ALTER TABLE outbox DROP COLUMN sent_at;
-- The W3C trace context of the request that brought the event; null where nobody traced it.
ALTER TABLE outbox ADD COLUMN traceparent text;
ALTER TABLE outbox RENAME TO outbox_messages;

CREATE VIEW outbox AS
SELECT m.id, m.key, m.account, m.livemode, m.topic, m.lasting, m.payload, m.created_at,
       -- When the exchange confirmed it; of alerts, which never go there, when they were written.
       (SELECT s.sent_at FROM outbox_sent s WHERE s.outbox_id = m.id) AS sent_at,
       m.traceparent
FROM outbox_messages m;

-- In the transaction that writes messages: they are owed to the exchange and to every other destination that wants their
-- topic, and the relay is woken when it commits. Alerts are for the alert destinations alone.
CREATE OR REPLACE FUNCTION outbox_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM written) THEN
        INSERT INTO outbox_unsent (ids)
        SELECT array_agg(id ORDER BY id)
        FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 200 AS part FROM written
              WHERE NOT starts_with(topic, 'alert.')) AS numbered
        GROUP BY part ORDER BY part;
        INSERT INTO outbox_sent (outbox_id, sent_at)
        SELECT id, created_at FROM written WHERE starts_with(topic, 'alert.');
        INSERT INTO outbox_deliveries (outbox_id, destination, partition)
        SELECT w.id, d.name, outbox_partition(w.account, w.livemode, w.topic, w.key, w.payload)
        FROM written w JOIN outbox_destinations d ON w.topic = ANY (d.topics)
        WHERE d.state <> 'removed' AND d.name <> 'amqp';
        PERFORM pg_notify('sluicegate_outbox', '');
    END IF;
    RETURN NULL;
END
$$;

-- A message that is deleted is owed to nobody.
CREATE FUNCTION outbox_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM outbox_sent s USING deleted d WHERE s.outbox_id = d.id;
    WITH rest AS (
        SELECT u.batch, array_agg(i.id ORDER BY i.position) FILTER (WHERE d.id IS NULL) AS ids
        FROM outbox_unsent u
             CROSS JOIN LATERAL unnest(u.ids) WITH ORDINALITY AS i (id, position)
             LEFT JOIN deleted d ON d.id = i.id
        GROUP BY u.batch HAVING count(d.id) > 0
    ), finished AS (
        DELETE FROM outbox_unsent u USING rest WHERE u.batch = rest.batch AND rest.ids IS NULL
    )
    UPDATE outbox_unsent u SET ids = rest.ids FROM rest WHERE u.batch = rest.batch AND rest.ids IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER outbox_deleted AFTER DELETE ON outbox_messages REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_deleted();

-- Sends a message to a destination, once more or at last. To the exchange nothing is added for a message that is on its way
-- already.
CREATE OR REPLACE FUNCTION outbox_send_again(message bigint, to_destination text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_destination = 'amqp' THEN
        IF EXISTS (SELECT FROM outbox_messages WHERE id = message AND starts_with(topic, 'alert.')) THEN
            RAISE EXCEPTION 'message % is an alert: alerts are for staff and are not sent to the exchange', message
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        WITH delivery AS (
            DELETE FROM outbox_deliveries WHERE outbox_id = message AND destination = 'amqp' RETURNING state
        ), sent AS (
            DELETE FROM outbox_sent WHERE outbox_id = message RETURNING outbox_id
        )
        INSERT INTO outbox_unsent (ids)
        SELECT ARRAY[message]
        WHERE EXISTS (SELECT FROM sent) OR EXISTS (SELECT FROM delivery WHERE state = 'failed');
    ELSE
        INSERT INTO outbox_deliveries (outbox_id, destination, partition)
        SELECT id, to_destination, outbox_partition(account, livemode, topic, key, payload)
        FROM outbox_messages WHERE id = message
        ON CONFLICT (outbox_id, destination) DO UPDATE
            SET state = 'pending', attempts = 0, first_attempt_at = NULL, next_attempt_at = now(), sent_at = NULL;
    END IF;
    PERFORM pg_notify('sluicegate_outbox', '');
END
$$;

-- A replay stays in the trace of the request that brought the event.
ALTER TABLE dead_letters ADD COLUMN traceparent text;
