-- Which events the workers have seen, and what each of them did.

-- One row for each Stripe event that a worker has claimed. The row, the change of state and the outgoing messages
-- commit together.
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
    -- Why it was ignored, waits for a retry or was dead-lettered: the closed list in domain/src/rejection.rs.
    reason          text,
    last_error      text,
    next_attempt_at timestamptz,
    processed_at    timestamptz,
    -- json, not jsonb: it keeps the text as Stripe wrote it and accepts an escaped NUL.
    payload         json        NOT NULL,
    CHECK ((outcome = 'retrying') = (next_attempt_at IS NOT NULL)),
    CHECK ((outcome IN ('processed', 'ignored')) = (processed_at IS NOT NULL))
);

-- The console lists and searches events newest first, on tables of millions of rows.
CREATE INDEX events_received ON events (received_at DESC, id DESC);
CREATE INDEX events_type ON events (type, received_at DESC, id DESC);
CREATE INDEX events_object ON events (object_id, received_at DESC, id DESC) WHERE object_id IS NOT NULL;
-- Few events are not processed, and they are what people look for.
CREATE INDEX events_outcome ON events (outcome, received_at DESC, id DESC) WHERE outcome <> 'processed';
-- "Which charge.refunded events failed" must not read every charge.refunded.
CREATE INDEX events_outcome_type ON events (outcome, type, received_at DESC, id DESC) WHERE outcome <> 'processed';
-- The overview's rate of processed events. Events are processed in about the order in which they are stored, so a few
-- bytes per range of pages are enough; a B-tree would cost the workers a write per event.
CREATE INDEX events_processed ON events USING brin (processed_at) WITH (autosummarize = on);

-- The ids that a rejected event names (order, customer, payment intent …): it has no effects to be found by while it
-- waits for its retry. A separate table, so that the workers' hottest table needs no further index.
CREATE TABLE event_refs (
    ref      text NOT NULL,
    event_id text NOT NULL,
    PRIMARY KEY (ref, event_id)
);

-- What an event changed: which aggregate, from what, to what, and which messages it emitted.
CREATE TABLE effects (
    aggregate    text        NOT NULL CHECK (aggregate IN ('payment', 'order', 'invoice', 'subscription')),
    aggregate_id text        NOT NULL,
    event_id     text        NOT NULL,
    at           timestamptz NOT NULL,
    change       jsonb       NOT NULL,
    PRIMARY KEY (aggregate, aggregate_id, event_id)
);
CREATE INDEX effects_event ON effects (event_id);
