-- Replaying or discarding many dead letters: the list is fixed when the job is made, and each item is
-- marked before it is sent, so that a console that dies in the middle never sends one twice.
CREATE TABLE jobs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action      text        NOT NULL CHECK (action IN ('replay', 'discard')),
    filter      jsonb       NOT NULL,
    reason      text        NOT NULL,
    actor       text        NOT NULL,
    -- Letters per second.
    rate        integer     NOT NULL CHECK (rate BETWEEN 1 AND 1000),
    -- Sent first; the rest follows only when all of these took effect. 0: none.
    canary      integer     NOT NULL DEFAULT 0 CHECK (canary >= 0),
    state       text        NOT NULL DEFAULT 'running'
        CHECK (state IN ('canary', 'running', 'paused', 'canceled', 'stopped', 'done')),
    -- Why it stopped by itself.
    note        text,
    total       integer     NOT NULL CHECK (total >= 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    -- Beginning of the wait for the canary's fate.
    canary_at   timestamptz,
    finished_at timestamptz,
    CHECK ((state IN ('canceled', 'stopped', 'done')) = (finished_at IS NOT NULL))
);
CREATE INDEX jobs_active ON jobs (id) WHERE state IN ('canary', 'running');

CREATE TABLE job_items (
    job_id         bigint  NOT NULL REFERENCES jobs ON DELETE CASCADE,
    position       integer NOT NULL,
    dead_letter_id bigint  NOT NULL,
    -- sending: marked before the broker gets it. unknown: the console died in between; it is not sent again.
    state          text    NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'sent', 'skipped', 'failed', 'unknown')),
    note           text,
    at             timestamptz,
    PRIMARY KEY (job_id, position),
    UNIQUE (job_id, dead_letter_id)
);
CREATE INDEX job_items_open ON job_items (job_id, position) WHERE state IN ('waiting', 'sending');
