-- An order id is the company's own word: two merchants of one platform, and a merchant's live and test mode, share no
-- order. A null mode: registered for whichever mode its first payment is of.
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
ALTER TABLE orders ADD COLUMN account text NOT NULL DEFAULT '',
                   ADD COLUMN livemode boolean,
                   ADD COLUMN amount_disputed bigint NOT NULL DEFAULT 0 CHECK (amount_disputed >= 0);
CREATE UNIQUE INDEX orders_key ON orders (id, account, livemode) NULLS NOT DISTINCT;
ALTER TABLE orders DROP CONSTRAINT orders_status_check;
ALTER TABLE orders ADD CONSTRAINT orders_status_check
    CHECK (status IN ('pending', 'processing', 'paid', 'overpaid', 'payment_failed', 'canceled', 'expired',
                      'partially_refunded', 'refunded', 'disputed', 'charged_back'));

-- Where each object lives, and why a payment does not count for its order.
ALTER TABLE payments ADD COLUMN account text NOT NULL DEFAULT '',
                     ADD COLUMN livemode boolean NOT NULL DEFAULT false,
                     ADD COLUMN amount_disputed bigint NOT NULL DEFAULT 0 CHECK (amount_disputed >= 0),
                     ADD COLUMN held_reason text
                         CHECK (held_reason IN ('order_not_found', 'amount_mismatch', 'currency_mismatch',
                                                'customer_mismatch', 'reference_code_mismatch'));
CREATE INDEX payments_held ON payments (id) WHERE held_reason IS NOT NULL;
ALTER TABLE subscriptions ADD COLUMN account text NOT NULL DEFAULT '', ADD COLUMN livemode boolean NOT NULL DEFAULT false;
ALTER TABLE invoices ADD COLUMN account text NOT NULL DEFAULT '', ADD COLUMN livemode boolean NOT NULL DEFAULT false;

-- A message's key is unique within its account and mode.
ALTER TABLE outbox ADD COLUMN account text NOT NULL DEFAULT '', ADD COLUMN livemode boolean NOT NULL DEFAULT false;
ALTER TABLE outbox DROP CONSTRAINT outbox_key_key;
CREATE UNIQUE INDEX outbox_key ON outbox (key, account, livemode);

-- A refund that only releases a hold moved no money.
ALTER TABLE refunds ADD COLUMN releases_hold boolean NOT NULL DEFAULT false;

-- The ledger is derived like everything else, so that every order of arrival leaves the same rows: a figure that
-- becomes known later corrects the row, and booked_at keeps when it was first written.
DROP TRIGGER money_movements_only_grow ON money_movements;
DROP FUNCTION money_movements_only_grow();
ALTER TABLE money_movements ADD COLUMN payment_id text NOT NULL DEFAULT '',
                            ADD COLUMN booked_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX money_movements_payment ON money_movements (payment_id);

-- One case for each held payment: what staff must decide.
CREATE TABLE cases (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id     text        NOT NULL UNIQUE,
    account        text        NOT NULL,
    livemode       boolean     NOT NULL,
    order_id       text        NOT NULL,
    reason         text        NOT NULL
        CHECK (reason IN ('order_not_found', 'amount_mismatch', 'currency_mismatch', 'customer_mismatch',
                          'reference_code_mismatch')),
    customer       text,
    -- Minor units: what the payment captured or asks for, and what the order costs.
    amount         bigint,
    currency       text,
    order_amount   bigint,
    order_currency text,
    state          text        NOT NULL CHECK (state IN ('open', 'closed')),
    -- How it ended: the payment matches now, it was refunded or charged back, staff accepted it, or it names another
    -- order now.
    resolution     text        CHECK (resolution IN ('matched', 'refunded', 'accepted', 'moved')),
    opened_at      timestamptz NOT NULL,
    closed_at      timestamptz,
    CHECK ((state = 'closed') = (resolution IS NOT NULL AND closed_at IS NOT NULL))
);
CREATE INDEX cases_open ON cases (opened_at, id) WHERE state = 'open';
CREATE INDEX cases_order ON cases (order_id);
