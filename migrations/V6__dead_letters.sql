-- Events that no worker could process, and the bulk jobs that replay or discard many of them.

-- Substring search over errors and ids. Part of PostgreSQL's own contrib, and trusted: no superuser needed.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- An error without what differs from event to event: every word that contains a digit (ids, amounts, dates) is
-- replaced.
CREATE FUNCTION error_shape(error text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(left(error, 300), '[A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]*', '#', 'g');

CREATE FUNCTION dead_letter_fingerprint(reason text, type text, error text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN substr(md5(reason || E'\n' || type || E'\n' || error_shape(error)), 1, 12);

-- Written by the console from the dead queue; one row for an event.
CREATE TABLE dead_letters (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id        text        NOT NULL UNIQUE,
    type            text        NOT NULL,
    reason          text        NOT NULL,
    error           text        NOT NULL,
    -- Generated: no writer can forget it, and it follows when an event fails again for another reason.
    fingerprint     text        NOT NULL GENERATED ALWAYS AS (dead_letter_fingerprint(reason, type, error)) STORED,
    attempts        integer     NOT NULL CHECK (attempts >= 0),
    -- The bytes as they were received: they need not be JSON.
    payload         bytea       NOT NULL,
    -- Every id that the body names (order, customer, payment intent, charge …): an event that did not take effect has
    -- no effects to be found by.
    refs            text[]      NOT NULL DEFAULT '{}',
    endpoint        text,
    received_at     timestamptz,
    first_failed_at timestamptz NOT NULL,
    dead_at         timestamptz NOT NULL,
    state           text        NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'replayed', 'resolved', 'discarded')),
    state_at        timestamptz NOT NULL DEFAULT now(),
    replays         integer     NOT NULL DEFAULT 0 CHECK (replays >= 0)
);
CREATE INDEX dead_letters_state ON dead_letters (state, id DESC);
CREATE INDEX dead_letters_fingerprint ON dead_letters (fingerprint, id DESC);
CREATE INDEX dead_letters_type ON dead_letters (type, id DESC);
CREATE INDEX dead_letters_reason ON dead_letters (reason, id DESC);
CREATE INDEX dead_letters_refs ON dead_letters USING gin (refs);
CREATE INDEX dead_letters_text ON dead_letters
    USING gin ((event_id || ' ' || type || ' ' || reason || ' ' || error) gin_trgm_ops);
-- The page of groups reads this index alone.
CREATE INDEX dead_letters_groups ON dead_letters (state, fingerprint, dead_at);

-- A bulk job: its list is fixed when the job is created, and each item is marked before it is sent, so that a console
-- that crashes in between never sends one twice.
CREATE TABLE jobs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action      text        NOT NULL CHECK (action IN ('replay', 'discard')),
    filter      jsonb       NOT NULL,
    reason      text        NOT NULL,
    actor       text        NOT NULL,
    -- Dead letters per second.
    rate        integer     NOT NULL CHECK (rate BETWEEN 1 AND 1000),
    -- How many are sent first; the rest follows only when all of these took effect. 0: none.
    canary      integer     NOT NULL DEFAULT 0 CHECK (canary >= 0),
    state       text        NOT NULL DEFAULT 'running'
        CHECK (state IN ('canary', 'running', 'paused', 'canceled', 'stopped', 'done')),
    -- The state that a paused job resumes.
    paused_from text        CHECK (paused_from IN ('canary', 'running')),
    -- Why it stopped by itself.
    note        text,
    total       integer     NOT NULL CHECK (total >= 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    -- Since when it waits for the canary's results.
    canary_at   timestamptz,
    finished_at timestamptz,
    CHECK ((state IN ('canceled', 'stopped', 'done')) = (finished_at IS NOT NULL))
);
CREATE INDEX jobs_active ON jobs (id) WHERE state IN ('canary', 'running');

CREATE TABLE job_items (
    job_id         bigint  NOT NULL REFERENCES jobs ON DELETE CASCADE,
    position       integer NOT NULL,
    dead_letter_id bigint  NOT NULL,
    -- sending: marked before it is published. unknown: the console crashed in between; it is not sent again.
    state          text    NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'sent', 'skipped', 'failed', 'unknown')),
    note           text,
    at             timestamptz,
    PRIMARY KEY (job_id, position),
    UNIQUE (job_id, dead_letter_id)
);
CREATE INDEX job_items_open ON job_items (job_id, position) WHERE state IN ('waiting', 'sending');
