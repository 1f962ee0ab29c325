-- Events that no worker could process, as the console stores them from the queue `dead`.

-- Substring search over errors and ids. Part of PostgreSQL's own contrib, and trusted: no superuser needed.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- An error without what differs from event to event: every word with a digit in it (ids, amounts, dates) is cut out.
CREATE FUNCTION error_shape(error text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(left(error, 300), '[A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]*', '#', 'g');

-- The same for all dead letters of one cause: they are shown, previewed and replayed as a group.
CREATE FUNCTION dead_letter_fingerprint(reason text, type text, error text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN substr(md5(reason || E'\n' || type || E'\n' || error_shape(error)), 1, 12);

CREATE TABLE dead_letters (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- One row for an event, however often it is dead-lettered.
    event_id        text        NOT NULL UNIQUE,
    type            text        NOT NULL,
    reason          text        NOT NULL,
    error           text        NOT NULL,
    -- Generated: no writer can forget it, and it follows when the event is dead-lettered again for another reason.
    fingerprint     text        NOT NULL GENERATED ALWAYS AS (dead_letter_fingerprint(reason, type, error)) STORED,
    attempts        integer     NOT NULL CHECK (attempts >= 0),
    -- The bytes as they were received: they need not be JSON.
    payload         bytea       NOT NULL,
    -- Every id the body names (order, customer, payment intent, charge …): a dead event has no effects to be found by.
    refs            text[]      NOT NULL DEFAULT '{}',
    endpoint        text,
    received_at     timestamptz,
    first_failed_at timestamptz NOT NULL,
    dead_at         timestamptz NOT NULL,
    state           text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'resolved', 'discarded')),
    state_at        timestamptz NOT NULL DEFAULT now(),
    replays         integer     NOT NULL DEFAULT 0 CHECK (replays >= 0)
);
-- The console lists them newest first, by any of these filters.
CREATE INDEX dead_letters_state ON dead_letters (state, id DESC);
CREATE INDEX dead_letters_fingerprint ON dead_letters (fingerprint, id DESC);
CREATE INDEX dead_letters_type ON dead_letters (type, id DESC);
CREATE INDEX dead_letters_reason ON dead_letters (reason, id DESC);
CREATE INDEX dead_letters_refs ON dead_letters USING gin (refs);
CREATE INDEX dead_letters_text ON dead_letters
    USING gin ((event_id || ' ' || type || ' ' || reason || ' ' || error) gin_trgm_ops);
-- The page of groups reads this index alone.
CREATE INDEX dead_letters_groups ON dead_letters (state, fingerprint, dead_at);
