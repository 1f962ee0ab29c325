-- The lists, the search and the overview of the console, newest first, on tables of millions of rows.
CREATE INDEX events_received ON events (received_at DESC, id DESC);
CREATE INDEX events_type ON events (type, received_at DESC, id DESC);
CREATE INDEX events_object ON events (object_id, received_at DESC, id DESC) WHERE object_id IS NOT NULL;
-- Few events are not processed, and they are what people look for.
CREATE INDEX events_outcome ON events (outcome, received_at DESC, id DESC) WHERE outcome <> 'processed';
CREATE INDEX payments_customer ON payments (customer) WHERE customer IS NOT NULL;
CREATE INDEX orders_customer ON orders (customer) WHERE customer IS NOT NULL;

-- Which processes work, told by themselves every few seconds.
CREATE TABLE workers (
    id         text PRIMARY KEY,
    kind       text        NOT NULL,
    host       text        NOT NULL,
    version    text        NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);
