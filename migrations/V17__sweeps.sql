-- Reading Stripe's list of events, to find those that no webhook brought.

CREATE TABLE sweeps (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The connected account; '' is the company's own.
    account       text        NOT NULL,
    -- Which events, by the time at which Stripe made them: from `since` on, before `until`.
    since         timestamptz NOT NULL,
    until         timestamptz NOT NULL,
    -- Stripe lists the newest first: a sweep that was interrupted goes on after this event, which Stripe made at
    -- `reached`.
    after_event   text,
    reached       timestamptz NOT NULL,
    -- How many events Stripe listed, and how many of those had never been received.
    listed        bigint      NOT NULL DEFAULT 0 CHECK (listed >= 0),
    missed        bigint      NOT NULL DEFAULT 0 CHECK (missed >= 0),
    started_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz,
    -- Why it was interrupted; it is resumed.
    error         text,
    CHECK (since < until)
);
CREATE INDEX sweeps_account ON sweeps (account, id DESC);

-- Events that Stripe listed and that had not been received when a sweep looked.
CREATE TABLE missed_events (
    event_id    text PRIMARY KEY,
    sweep_id    bigint      NOT NULL REFERENCES sweeps,
    account     text        NOT NULL,
    livemode    boolean     NOT NULL,
    type        text        NOT NULL,
    -- When Stripe made it.
    created     timestamptz NOT NULL,
    found_at    timestamptz NOT NULL DEFAULT now(),
    -- When it was seen among the events or dead letters; null: it is still on its way.
    arrived_at  timestamptz
);
CREATE INDEX missed_events_gap ON missed_events (created) WHERE arrived_at IS NULL;

-- Taking in the objects of an existing account, kind by kind.
CREATE TABLE backfills (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The connected account; '' is the company's own.
    account      text        NOT NULL,
    -- The kind, as Stripe names it: payment_intent, charge …
    object       text        NOT NULL,
    -- Objects that Stripe made from then on; null: all.
    since        timestamptz,
    -- Whether the messages that the objects call for are sent.
    messages     boolean     NOT NULL,
    -- Stripe lists the newest first: a backfill that was interrupted goes on after this object, which Stripe made at
    -- `reached`.
    after_object text,
    reached      timestamptz,
    listed       bigint      NOT NULL DEFAULT 0 CHECK (listed >= 0),
    started_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    error        text
);
CREATE INDEX backfills_object ON backfills (account, object, id DESC);

-- How far the list was read where events are polled (STRIPE_POLL).
CREATE TABLE polls (
    account        text PRIMARY KEY,
    polled_through timestamptz NOT NULL
);
