-- What came in and what became of it. One row for each Stripe event that a worker has claimed;
-- the row, the change of state and the outgoing messages commit together.
CREATE TABLE events (
    id              text PRIMARY KEY,
    type            text        NOT NULL,
    created         timestamptz NOT NULL,
    livemode        boolean     NOT NULL,
    account         text,
    api_version     text,
    object_id       text,
    endpoint        text,
    received_at     timestamptz NOT NULL,
    outcome         text        NOT NULL CHECK (outcome IN ('processed', 'ignored', 'retrying', 'dead')),
    attempts        integer     NOT NULL CHECK (attempts >= 1),
    -- Why it was ignored, waits or died: one of the closed list in worker/src/domain/rejection.rs.
    reason          text,
    last_error      text,
    next_attempt_at timestamptz,
    processed_at    timestamptz,
    -- json, not jsonb: it keeps the text as Stripe wrote it and accepts an escaped NUL.
    payload         json        NOT NULL,
    CHECK ((outcome = 'retrying') = (next_attempt_at IS NOT NULL)),
    CHECK ((outcome IN ('processed', 'ignored')) = (processed_at IS NOT NULL))
);

-- What an event did, in short: which aggregate it changed, from what, to what, which messages it caused.
CREATE TABLE effects (
    aggregate    text        NOT NULL CHECK (aggregate IN ('payment', 'order', 'invoice', 'subscription')),
    aggregate_id text        NOT NULL,
    event_id     text        NOT NULL,
    at           timestamptz NOT NULL,
    change       jsonb       NOT NULL,
    PRIMARY KEY (aggregate, aggregate_id, event_id)
);
CREATE INDEX effects_event ON effects (event_id);

-- Messages to the company's own services, written in the transaction that made them true.
CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text        NOT NULL UNIQUE,
    topic      text        NOT NULL,
    -- true: the condition, once true, is true for ever; false: a notice, true when it was written.
    lasting    boolean     NOT NULL,
    payload    jsonb       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at    timestamptz
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;

-- Events that no worker could process, written by the console from the dead queue. One row for an event.
CREATE TABLE dead_letters (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id        text        NOT NULL UNIQUE,
    type            text        NOT NULL,
    reason          text        NOT NULL,
    error           text        NOT NULL,
    attempts        integer     NOT NULL CHECK (attempts >= 0),
    -- The bytes as they were received: they need not be JSON.
    payload         bytea       NOT NULL,
    endpoint        text,
    received_at     timestamptz,
    first_failed_at timestamptz NOT NULL,
    dead_at         timestamptz NOT NULL,
    state           text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'resolved', 'discarded')),
    state_at        timestamptz NOT NULL DEFAULT now(),
    replays         integer     NOT NULL DEFAULT 0 CHECK (replays >= 0)
);
CREATE INDEX dead_letters_state ON dead_letters (state, id DESC);

-- Who did what, to which, when and why.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    actor   text        NOT NULL,
    action  text        NOT NULL,
    subject text        NOT NULL,
    reason  text        NOT NULL
);
