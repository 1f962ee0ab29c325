-- Derived from the payments' state, one row each, for support and reports.

CREATE TABLE refunds (
    id             text PRIMARY KEY,
    payment_id     text        NOT NULL,
    order_id       text,
    charge         text,
    amount         bigint      NOT NULL CHECK (amount >= 0),
    currency       text        NOT NULL,
    -- As Stripe spells it; the set is open.
    status         text        NOT NULL,
    reason         text,
    failure_reason text,
    -- true: it only released an authorization, so no money moved.
    releases_hold  boolean     NOT NULL DEFAULT false,
    updated_at     timestamptz NOT NULL
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
    -- As Stripe spells it; the set is open.
    status     text        NOT NULL,
    -- What it means for the money.
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

-- The ledger: one row for each movement of money. It is derived like everything else, so that every order of arrival
-- leaves the same rows: a figure that becomes known later corrects its row, and booked_at keeps when the row was first
-- written.
CREATE TABLE money_movements (
    -- Names the movement by what moved it, so that no movement can be booked twice.
    key        text PRIMARY KEY,
    kind       text        NOT NULL
        CHECK (kind IN ('payment', 'refund', 'refund_undone', 'dispute_withdrawn', 'dispute_reinstated')),
    payment_id text        NOT NULL DEFAULT '',
    object_id  text        NOT NULL,
    -- Negative when it leaves the company.
    amount     bigint      NOT NULL,
    currency   text        NOT NULL,
    -- By Stripe's time.
    at         timestamptz NOT NULL,
    booked_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX money_movements_payment ON money_movements (payment_id);
CREATE INDEX money_movements_object ON money_movements (object_id);
