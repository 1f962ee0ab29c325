-- Refunds, disputes and movements of money, one row each, derived from their payment for support and reports.

CREATE TABLE refunds (
    id             text PRIMARY KEY,
    payment_id     text        NOT NULL,
    order_id       text,
    charge         text,
    amount         bigint      NOT NULL CHECK (amount >= 0),
    currency       text        NOT NULL,
    -- Stripe's status; the list is open.
    status         text        NOT NULL,
    reason         text,
    failure_reason text,
    updated_at     timestamptz NOT NULL,
    -- It only releases an authorization: no money moved.
    releases_hold  boolean     NOT NULL DEFAULT false
);
CREATE INDEX refunds_payment ON refunds (payment_id);
CREATE INDEX refunds_order ON refunds (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE disputes (
    id         text PRIMARY KEY,
    payment_id text        NOT NULL,
    order_id   text,
    charge     text,
    amount     bigint      NOT NULL CHECK (amount >= 0),
    currency   text        NOT NULL,
    -- Stripe's status; the list is open.
    status     text        NOT NULL,
    -- What the status means for the money.
    state      text        NOT NULL CHECK (state IN ('inquiry', 'open', 'won', 'lost', 'closed')),
    reason     text,
    -- The deadline for evidence.
    due_by     timestamptz,
    withdrawn  boolean     NOT NULL,
    reinstated boolean     NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX disputes_payment ON disputes (payment_id);
CREATE INDEX disputes_order ON disputes (order_id) WHERE order_id IS NOT NULL;

-- The ledger: each movement of money once. It is derived like everything else, so that every order of arrival leaves
-- the same rows: a figure that becomes known later corrects its row, and booked_at keeps when the row was first
-- written.
CREATE TABLE money_movements (
    key        text PRIMARY KEY,
    payment_id text        NOT NULL DEFAULT '',
    kind       text        NOT NULL
        CHECK (kind IN ('payment', 'refund', 'refund_undone', 'dispute_withdrawn', 'dispute_reinstated')),
    object_id  text        NOT NULL,
    -- Negative when it leaves the company.
    amount     bigint      NOT NULL,
    currency   text        NOT NULL,
    -- By Stripe's clock.
    at         timestamptz NOT NULL,
    booked_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX money_movements_object ON money_movements (object_id);
CREATE INDEX money_movements_payment ON money_movements (payment_id);
