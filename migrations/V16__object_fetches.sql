-- Stripe objects that are to be fetched anew, because their events do not prove their newest version or leave out what
-- is needed. Written in the transaction that finds the doubt; a worker fetches each once, outside any transaction, and
-- deletes the row when the answer is on its way as an event.
CREATE TABLE object_fetches (
    -- The connected account; '' is the company's own.
    account  text        NOT NULL,
    livemode boolean     NOT NULL,
    -- What `object` says in it, such as charge.
    object   text        NOT NULL,
    id       text        NOT NULL,
    -- When it is fetched, or fetched again.
    due_at   timestamptz NOT NULL,
    attempts integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- Why the last attempt failed.
    error    text,
    PRIMARY KEY (account, livemode, id)
);
CREATE INDEX object_fetches_due ON object_fetches (due_at);
