-- Messages to the company's own services, written in the transaction that made them true.
CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text        NOT NULL,
    account    text        NOT NULL DEFAULT '',
    livemode   boolean     NOT NULL DEFAULT false,
    topic      text        NOT NULL,
    -- True: the condition, once true, stays true. False: a notice, true when it was written.
    lasting    boolean     NOT NULL,
    payload    jsonb       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at    timestamptz
);
-- No message is written twice, whatever is redelivered or replayed.
CREATE UNIQUE INDEX outbox_key ON outbox (key, account, livemode);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
