-- Money is bigint in the currency's minor unit (cents for usd, yen for jpy), never a float.
--
-- Every table of an aggregate has a `state`: the latest known version of each Stripe object that belongs to it. All
-- other columns are derived from it. These rows are updated often; a fillfactor of 70 keeps the new version on the
-- same page, which spares the indexes a write.

CREATE TABLE payments (
    -- The payment intent; the charge or checkout session where there is none.
    id              text PRIMARY KEY,
    -- The connected account; '' is the company's own.
    account         text        NOT NULL DEFAULT '',
    livemode        boolean     NOT NULL DEFAULT false,
    order_id        text,
    customer        text,
    currency        text,
    amount          bigint      CHECK (amount >= 0),
    amount_paid     bigint      NOT NULL DEFAULT 0 CHECK (amount_paid >= 0),
    amount_refunded bigint      NOT NULL DEFAULT 0 CHECK (amount_refunded >= 0),
    amount_disputed bigint      NOT NULL DEFAULT 0 CHECK (amount_disputed >= 0),
    status          text        NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'processing', 'authorized', 'paid', 'failed', 'canceled', 'expired')),
    dispute         text        CHECK (dispute IN ('inquiry', 'open', 'won', 'lost', 'closed')),
    -- Why it does not count for its order; null where it counts.
    held_reason     text
        CHECK (held_reason IN ('order_not_found', 'amount_mismatch', 'currency_mismatch', 'customer_mismatch',
                               'reference_code_mismatch')),
    -- true: the events so far do not prove which state of a Stripe object is the newest.
    ambiguous       boolean     NOT NULL DEFAULT false,
    state           jsonb       NOT NULL DEFAULT '{}',
    updated_at      timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE INDEX payments_order ON payments (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX payments_customer ON payments (customer) WHERE customer IS NOT NULL;
CREATE INDEX payments_held ON payments (id) WHERE held_reason IS NOT NULL;

-- Which payment a charge belongs to: a refund or dispute may name only its charge.
CREATE TABLE charges (
    id         text PRIMARY KEY,
    payment_id text
);

CREATE TABLE orders (
    -- The company chooses it, so it is unique only within a connected account and a mode: two merchants of one
    -- platform, and a merchant's live and test mode, share no order.
    id              text        NOT NULL,
    account         text        NOT NULL DEFAULT '',
    -- Null: registered, and the first payment decides the mode.
    livemode        boolean,
    customer        text,
    -- What is expected: given at registration, otherwise taken from the payment.
    amount          bigint      CHECK (amount >= 0),
    currency        text,
    reference_code  text,
    registered      boolean     NOT NULL DEFAULT false,
    status          text        NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'processing', 'paid', 'overpaid', 'payment_failed', 'canceled', 'expired',
                          'partially_refunded', 'refunded', 'disputed', 'charged_back')),
    amount_paid     bigint      NOT NULL DEFAULT 0 CHECK (amount_paid >= 0),
    amount_refunded bigint      NOT NULL DEFAULT 0 CHECK (amount_refunded >= 0),
    amount_disputed bigint      NOT NULL DEFAULT 0 CHECK (amount_disputed >= 0),
    payment_intent  text,
    -- A summary of each of its payments.
    state           jsonb       NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (NOT registered OR (amount IS NOT NULL AND currency IS NOT NULL))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX orders_key ON orders (id, account, livemode) NULLS NOT DISTINCT;
CREATE INDEX orders_customer ON orders (customer) WHERE customer IS NOT NULL;

-- One case for each held payment: what staff must decide. It outlives the hold, as a record of how it ended.
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
    -- What the payment captured or asks for, and what the order costs.
    amount         bigint,
    currency       text,
    order_amount   bigint,
    order_currency text,
    state          text        NOT NULL CHECK (state IN ('open', 'closed')),
    -- matched: the payment matches now; refunded: refunded or charged back; accepted: by staff; moved: the payment
    -- names another order now.
    resolution     text        CHECK (resolution IN ('matched', 'refunded', 'accepted', 'moved')),
    opened_at      timestamptz NOT NULL,
    closed_at      timestamptz,
    CHECK ((state = 'closed') = (resolution IS NOT NULL AND closed_at IS NOT NULL))
);
CREATE INDEX cases_open ON cases (opened_at, id) WHERE state = 'open';
CREATE INDEX cases_order ON cases (order_id);
