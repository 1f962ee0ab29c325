-- What staff do about what they see: pauses of queues, notes, who looks after what, approval of replays, tokens that
-- expire, one-time passwords, browsers that are known; and what the console shows of the past.

-- A result of a bulk job is the first one: what somebody does with the dead letter later is not the job's.
ALTER TABLE job_items ADD COLUMN dead_again boolean NOT NULL DEFAULT false;
UPDATE job_items i SET dead_again = true
FROM dead_letters d WHERE d.id = i.dead_letter_id AND i.state = 'sent' AND d.state = 'open';
CREATE INDEX job_items_sent ON job_items (dead_letter_id)
    WHERE state IN ('sending', 'sent', 'unknown') AND NOT dead_again;

-- Bodies that came under an event's id before the one that its dead letter holds. None is ever lost.
CREATE TABLE dead_letter_bodies (
    dead_letter_id bigint      NOT NULL REFERENCES dead_letters ON DELETE CASCADE,
    -- SHA-256 of the body.
    hash           bytea       NOT NULL CHECK (octet_length(hash) = 32),
    payload        bytea       NOT NULL,
    reason         text        NOT NULL,
    error          text        NOT NULL,
    dead_at        timestamptz NOT NULL,
    PRIMARY KEY (dead_letter_id, hash)
);

ALTER TABLE jobs
    -- The list was picked by hand; the filter says nothing.
    ADD COLUMN selected    boolean NOT NULL DEFAULT false,
    -- The second person, where REPLAY_APPROVAL asks for one.
    ADD COLUMN approved_by text,
    ADD COLUMN approved_at timestamptz,
    ADD CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    ADD CHECK (approved_by <> actor);
ALTER TABLE jobs DROP CONSTRAINT jobs_state_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_state_check
    -- proposed: nothing is sent before somebody else has approved it.
    CHECK (state IN ('proposed', 'canary', 'running', 'paused', 'canceled', 'stopped', 'done'));

-- Queues that nobody is to consume for now. The row is gone when the queue is resumed; the audit has both.
CREATE TABLE queue_pauses (
    -- Without the prefix of names on the broker: every worker of a kind obeys.
    queue     text PRIMARY KEY CHECK (queue IN ('fulfillment', 'subscription', 'refund')),
    paused_at timestamptz NOT NULL DEFAULT now(),
    paused_by text        NOT NULL,
    reason    text        NOT NULL
);
-- A worker says that it obeys.
ALTER TABLE workers
    ADD COLUMN paused      boolean NOT NULL DEFAULT false,
    -- When it committed its last batch, and of how many events.
    ADD COLUMN batch_at    timestamptz,
    ADD COLUMN batch_events integer;

-- What somebody wrote beside a dead letter, a group of them or a case. Subjects are named as in the audit.
CREATE TABLE notes (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text        NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    author  text        NOT NULL,
    text    text        NOT NULL CHECK (text <> '')
);
CREATE INDEX notes_subject ON notes (subject, id);
-- Who looks after it: acknowledged means that somebody has seen it, assigned that it is theirs to end.
CREATE TABLE attentions (
    subject         text PRIMARY KEY,
    acknowledged_by text,
    acknowledged_at timestamptz,
    assignee        text,
    CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL))
);

ALTER TABLE tokens ADD COLUMN expires_at timestamptz;
ALTER TABLE users ADD COLUMN change_password boolean NOT NULL DEFAULT false;

-- Browsers that somebody has signed in with before: they stay in while strangers fail. By the hash of a cookie.
CREATE TABLE known_browsers (
    hash      bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    user_name text        NOT NULL,
    seen_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX known_browsers_user ON known_browsers (user_name);
CREATE INDEX known_browsers_seen ON known_browsers (seen_at);

-- What happened in each minute, for the charts of the overview: counting a week of events for each page would be slow.
CREATE TABLE minutes (
    at        timestamptz PRIMARY KEY,
    received  integer NOT NULL CHECK (received >= 0),
    processed integer NOT NULL CHECK (processed >= 0),
    dead      integer NOT NULL CHECK (dead >= 0),
    held      integer NOT NULL CHECK (held >= 0),
    -- Seconds from received to processed.
    p50       double precision,
    p99       double precision
);
CREATE INDEX dead_letters_dead ON dead_letters USING brin (dead_at) WITH (autosummarize = on);
