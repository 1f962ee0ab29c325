-- What the company's backend asks the console for.

-- Since when an order has its status, by the database's clock. Of orders that are there already only the last change
-- is known.
ALTER TABLE orders ADD COLUMN status_since timestamptz NOT NULL DEFAULT now();
UPDATE orders SET status_since = updated_at;
-- Lists are read newest first. The number tells orders apart that were created in one transaction: an id alone may
-- exist in each account and mode.
ALTER TABLE orders ADD COLUMN number bigint NOT NULL GENERATED ALWAYS AS IDENTITY;
CREATE INDEX orders_created ON orders (created_at DESC, number DESC);

-- orders: the token registers and reads orders and subscriptions, as far as its role goes, and nothing else.
ALTER TABLE tokens ADD COLUMN scope text NOT NULL DEFAULT 'all' CHECK (scope IN ('all', 'orders'));

-- Compared byte by byte, so that the keys that begin with a topic and an id are a range of the index.
ALTER TABLE outbox ALTER COLUMN key TYPE text COLLATE "C";
-- The console lists messages by time. They are written in about the order of their creation, so a few bytes for each
-- range of pages are enough; a B-tree would cost the workers a write for each message.
CREATE INDEX outbox_created ON outbox USING brin (created_at) WITH (autosummarize = on);
