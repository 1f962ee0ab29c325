-- Refunds and disputes as their payment's facts tell them, one row each, for support and reports.
CREATE TABLE refunds (
    id             text PRIMARY KEY,
    payment_id     text        NOT NULL,
    order_id       text,
    charge         text,
    amount         bigint      NOT NULL CHECK (amount >= 0),
    currency       text        NOT NULL,
    -- Stripe's word; the list is open.
    status         text        NOT NULL,
    reason         text,
    failure_reason text,
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
    -- Stripe's word; the list is open.
    status     text        NOT NULL,
    -- What it means for the money.
    state      text        NOT NULL CHECK (state IN ('inquiry', 'open', 'won', 'lost', 'closed')),
    reason     text,
    -- Evidence must be in by then.
    due_by     timestamptz,
    withdrawn  boolean     NOT NULL,
    reinstated boolean     NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX disputes_payment ON disputes (payment_id);
CREATE INDEX disputes_order ON disputes (order_id) WHERE order_id IS NOT NULL;

-- The ledger: each movement of money once, by the id of what moved it. Rows are never changed.
CREATE TABLE money_movements (
    key       text PRIMARY KEY,
    kind      text        NOT NULL CHECK (kind IN ('payment', 'refund', 'refund_undone', 'dispute_withdrawn', 'dispute_reinstated')),
    object_id text        NOT NULL,
    -- Minor units; negative when it leaves the company.
    amount    bigint      NOT NULL,
    currency  text        NOT NULL,
    at        timestamptz NOT NULL
);
CREATE INDEX money_movements_object ON money_movements (object_id);

CREATE FUNCTION money_movements_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'money_movements only grows' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER money_movements_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON money_movements
    FOR EACH STATEMENT EXECUTE FUNCTION money_movements_only_grow();

CREATE TABLE subscriptions (
    id                   text PRIMARY KEY,
    customer             text,
    -- Stripe's word; null while only its invoices are known.
    status               text,
    -- Whether the customer may use what was bought: active, trialing, or past due within the grace period.
    access               boolean     NOT NULL DEFAULT false,
    -- When access ends by itself (past due); null where it does not.
    access_until         timestamptz,
    -- The latest period end over the lines of its paid invoices.
    paid_through         timestamptz,
    current_period_end   timestamptz,
    cancel_at_period_end boolean     NOT NULL DEFAULT false,
    cancel_at            timestamptz,
    ended_at             timestamptz,
    trial_end            timestamptz,
    collection_paused    boolean     NOT NULL DEFAULT false,
    -- [{"price","product","quantity"}]
    items                jsonb       NOT NULL DEFAULT '[]',
    checkout_session     text,
    ambiguous            boolean     NOT NULL DEFAULT false,
    state                jsonb       NOT NULL DEFAULT '{}',
    updated_at           timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE INDEX subscriptions_customer ON subscriptions (customer);
CREATE INDEX subscriptions_access_until ON subscriptions (access_until) WHERE access AND access_until IS NOT NULL;

CREATE TABLE invoices (
    id                   text PRIMARY KEY,
    subscription_id      text,
    customer             text,
    -- Stripe's word; null while only its payment is known.
    status               text,
    billing_reason       text,
    amount_due           bigint      NOT NULL DEFAULT 0 CHECK (amount_due >= 0),
    amount_paid          bigint      NOT NULL DEFAULT 0 CHECK (amount_paid >= 0),
    currency             text,
    attempt_count        bigint      NOT NULL DEFAULT 0,
    next_payment_attempt timestamptz,
    period_end           timestamptz,
    payment_intent       text,
    -- True: paid by a payment; false: not, or settled out of band.
    payment_succeeded    boolean     NOT NULL DEFAULT false,
    ambiguous            boolean     NOT NULL DEFAULT false,
    state                jsonb       NOT NULL DEFAULT '{}',
    updated_at           timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE INDEX invoices_subscription ON invoices (subscription_id) WHERE subscription_id IS NOT NULL;
CREATE INDEX invoices_customer ON invoices (customer);
