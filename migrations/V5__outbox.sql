-- Messages to the company's own services, written in the transaction that made them true.
CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Names the occurrence ("order.paid/<order>"): a second insert of the same message does nothing.
    key        text        NOT NULL,
    account    text        NOT NULL DEFAULT '',
    livemode   boolean     NOT NULL DEFAULT false,
    topic      text        NOT NULL,
    -- true: its condition, once true, stays true; false: a notice, true when it was written.
    lasting    boolean     NOT NULL,
    payload    jsonb       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at    timestamptz
);
CREATE UNIQUE INDEX outbox_key ON outbox (key, account, livemode);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
