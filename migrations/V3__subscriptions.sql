-- Subscriptions and their invoices.

CREATE TABLE subscriptions (
    id                   text PRIMARY KEY,
    account              text        NOT NULL DEFAULT '',
    livemode             boolean     NOT NULL DEFAULT false,
    customer             text,
    -- As Stripe spells it; null while only invoices of the subscription are known.
    status               text,
    -- Whether the customer may use what was bought: active, trialing, or past due within the grace period.
    access               boolean     NOT NULL DEFAULT false,
    -- When the grace period ends; null where access does not end by itself.
    access_until         timestamptz,
    -- The end of the period that the newest paid invoice covers.
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
-- The workers look for grace periods that have ended.
CREATE INDEX subscriptions_access_until ON subscriptions (access_until) WHERE access AND access_until IS NOT NULL;

CREATE TABLE invoices (
    id                   text PRIMARY KEY,
    account              text        NOT NULL DEFAULT '',
    livemode             boolean     NOT NULL DEFAULT false,
    subscription_id      text,
    customer             text,
    -- As Stripe spells it; null while only the payment of the invoice is known.
    status               text,
    billing_reason       text,
    amount_due           bigint      NOT NULL DEFAULT 0 CHECK (amount_due >= 0),
    amount_paid          bigint      NOT NULL DEFAULT 0 CHECK (amount_paid >= 0),
    currency             text,
    attempt_count        bigint      NOT NULL DEFAULT 0,
    next_payment_attempt timestamptz,
    period_end           timestamptz,
    payment_intent       text,
    -- true: paid by a payment; false: unpaid, or settled out of band.
    payment_succeeded    boolean     NOT NULL DEFAULT false,
    ambiguous            boolean     NOT NULL DEFAULT false,
    state                jsonb       NOT NULL DEFAULT '{}',
    updated_at           timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE INDEX invoices_subscription ON invoices (subscription_id) WHERE subscription_id IS NOT NULL;
CREATE INDEX invoices_customer ON invoices (customer);
