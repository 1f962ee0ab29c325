-- The events that workers have claimed, one row each. The row, the change of state and the outgoing messages commit
-- in one transaction: a row that exists is what makes a second delivery of the same event a duplicate.
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
    -- Why it was ignored, is retried or was dead-lettered; domain/src/rejection.rs has the closed list.
    reason          text,
    last_error      text,
    next_attempt_at timestamptz,
    processed_at    timestamptz,
    -- json, not jsonb: it keeps the text as Stripe wrote it and accepts an escaped NUL.
    payload         json        NOT NULL,
    CHECK ((outcome = 'retrying') = (next_attempt_at IS NOT NULL)),
    CHECK ((outcome IN ('processed', 'ignored')) = (processed_at IS NOT NULL))
);

-- The console lists events newest first, by itself or filtered, on tables of millions of rows.
CREATE INDEX events_received ON events (received_at DESC, id DESC);
CREATE INDEX events_type ON events (type, received_at DESC, id DESC);
CREATE INDEX events_object ON events (object_id, received_at DESC, id DESC) WHERE object_id IS NOT NULL;
-- Few events are not processed, and those are the ones people look for.
CREATE INDEX events_outcome ON events (outcome, received_at DESC, id DESC) WHERE outcome <> 'processed';
-- "Which charge.refunded were dead-lettered" must not read every charge.refunded.
CREATE INDEX events_outcome_type ON events (outcome, type, received_at DESC, id DESC) WHERE outcome <> 'processed';
-- For the throughput on the overview. Events are processed in about the order in which they are stored, so a few bytes
-- for each range of pages are enough; a B-tree would cost the workers a write for each event.
CREATE INDEX events_processed ON events USING brin (processed_at) WITH (autosummarize = on);

-- What an event did: which aggregate it changed, from what, to what, and which messages it caused.
CREATE TABLE effects (
    aggregate    text        NOT NULL CHECK (aggregate IN ('payment', 'order', 'invoice', 'subscription')),
    aggregate_id text        NOT NULL,
    event_id     text        NOT NULL,
    at           timestamptz NOT NULL,
    change       jsonb       NOT NULL,
    PRIMARY KEY (aggregate, aggregate_id, event_id)
);
CREATE INDEX effects_event ON effects (event_id);

-- The ids that a rejected event names (order, customer, payment intent …): while it waits for its retry it has no
-- effects to be found by. A separate table, so that the workers' busiest table carries no index for it.
CREATE TABLE event_refs (
    ref      text NOT NULL,
    event_id text NOT NULL,
    PRIMARY KEY (ref, event_id)
);
