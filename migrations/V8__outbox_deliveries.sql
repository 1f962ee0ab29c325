-- Where messages go. `amqp` is the exchange sluicegate.out; the others are HTTP endpoints, entered by the relay from its
-- settings when it starts to send.
CREATE TABLE outbox_destinations (
    name       text PRIMARY KEY,
    -- Names of topics.
    topics     text[]      NOT NULL,
    -- paused: it kept failing; until resume_at nothing is sent to it, without resume_at until somebody calls
    -- outbox_resume. removed: no longer in the settings; what waits for it stays.
    state      text        NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'removed')),
    -- Attempts that failed since the last that succeeded.
    failures   integer     NOT NULL DEFAULT 0 CHECK (failures >= 0),
    last_error text,
    resume_at  timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (resume_at IS NULL OR state = 'paused')
);

-- A message on its way to a destination. For `amqp` only messages that failed have a row: outbox.sent_at says the rest.
CREATE TABLE outbox_deliveries (
    outbox_id        bigint      NOT NULL REFERENCES outbox ON DELETE CASCADE,
    destination      text        NOT NULL,
    -- Messages of one partition reach a destination one after the other, by outbox_id.
    partition        text        NOT NULL,
    -- failed: given up; outbox_send_again tries it anew.
    state            text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed')),
    attempts         integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    first_attempt_at timestamptz,
    next_attempt_at  timestamptz NOT NULL DEFAULT now(),
    last_error       text,
    sent_at          timestamptz,
    PRIMARY KEY (outbox_id, destination),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX outbox_deliveries_pending ON outbox_deliveries (destination, outbox_id) WHERE state = 'pending';
CREATE INDEX outbox_deliveries_retrying ON outbox_deliveries (destination, partition, outbox_id)
    WHERE state = 'pending' AND attempts > 0;
CREATE INDEX outbox_deliveries_failed ON outbox_deliveries (destination, outbox_id) WHERE state = 'failed';

-- Whose order a message belongs to: <account or self>/<live or test>/<order, payment, subscription or invoice>/<id>.
CREATE FUNCTION outbox_partition(account text, livemode boolean, topic text, key text, payload jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(account, ''), 'self') || CASE WHEN livemode THEN '/live/' ELSE '/test/' END
        || coalesce(CASE split_part(topic, '.', 1)
                        WHEN 'order' THEN 'order/' || (payload ->> 'order')
                        WHEN 'payment' THEN 'order/' || (payload ->> 'order')
                        WHEN 'refund' THEN 'payment/' || (payload ->> 'payment')
                        WHEN 'dispute' THEN 'payment/' || (payload ->> 'payment')
                        ELSE coalesce('subscription/' || (payload ->> 'subscription'),
                                      'invoice/' || (payload ->> 'invoice'))
                    END, key)
$$;

-- In the transaction that writes a message: it is owed to every HTTP destination that wants its topic, and the relay is
-- woken when it commits.
CREATE FUNCTION outbox_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM written) THEN
        INSERT INTO outbox_deliveries (outbox_id, destination, partition)
        SELECT w.id, d.name, outbox_partition(w.account, w.livemode, w.topic, w.key, w.payload)
        FROM written w JOIN outbox_destinations d ON w.topic = ANY (d.topics)
        WHERE d.state <> 'removed' AND d.name <> 'amqp';
        PERFORM pg_notify('sluicegate_outbox', '');
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER outbox_written AFTER INSERT ON outbox REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_written();

-- Sends a message to a destination, once more or at last.
CREATE FUNCTION outbox_send_again(message bigint, to_destination text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_destination = 'amqp' THEN
        DELETE FROM outbox_deliveries WHERE outbox_id = message AND destination = 'amqp';
        UPDATE outbox SET sent_at = NULL WHERE id = message;
    ELSE
        INSERT INTO outbox_deliveries (outbox_id, destination, partition)
        SELECT id, to_destination, outbox_partition(account, livemode, topic, key, payload)
        FROM outbox WHERE id = message
        ON CONFLICT (outbox_id, destination) DO UPDATE
            SET state = 'pending', attempts = 0, first_attempt_at = NULL, next_attempt_at = now(), sent_at = NULL;
    END IF;
    PERFORM pg_notify('sluicegate_outbox', '');
END
$$;

-- Sends to a paused destination again.
CREATE FUNCTION outbox_resume(destination text) RETURNS void LANGUAGE sql AS $$
    UPDATE outbox_destinations SET state = 'active', failures = 0, resume_at = NULL, updated_at = now()
    WHERE name = destination AND state = 'paused';
    SELECT pg_notify('sluicegate_outbox', '');
$$;
