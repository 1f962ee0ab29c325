-- Money is bigint in the currency's minor unit (cents for usd, yen for jpy), never a float.

-- A payment: what Stripe's payment intent, checkout session, charges, refunds and disputes say together.
CREATE TABLE payments (
    id              text PRIMARY KEY,
    order_id        text,
    customer        text,
    currency        text,
    amount          bigint      CHECK (amount >= 0),
    amount_paid     bigint      NOT NULL DEFAULT 0 CHECK (amount_paid >= 0),
    amount_refunded bigint      NOT NULL DEFAULT 0 CHECK (amount_refunded >= 0),
    status          text        NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'processing', 'authorized', 'paid', 'failed', 'canceled', 'expired')),
    dispute         text        CHECK (dispute IN ('inquiry', 'open', 'won', 'lost', 'closed')),
    -- true: the newest state of a Stripe object could not be told for certain from the events so far.
    ambiguous       boolean     NOT NULL DEFAULT false,
    -- The facts: the latest known version of each Stripe object of this payment.
    state           jsonb       NOT NULL DEFAULT '{}',
    updated_at      timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE INDEX payments_order ON payments (order_id) WHERE order_id IS NOT NULL;

-- Which payment a charge belongs to. A refund or dispute may name only its charge.
CREATE TABLE charges (
    id         text PRIMARY KEY,
    payment_id text
);

CREATE TABLE orders (
    id              text PRIMARY KEY,
    customer        text,
    -- Expected when registered, else taken from the payment.
    amount          bigint      CHECK (amount >= 0),
    currency        text,
    reference_code  text,
    registered      boolean     NOT NULL DEFAULT false,
    status          text        NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'processing', 'paid', 'payment_failed', 'canceled', 'expired',
                          'partially_refunded', 'refunded', 'disputed', 'charged_back')),
    amount_paid     bigint      NOT NULL DEFAULT 0 CHECK (amount_paid >= 0),
    amount_refunded bigint      NOT NULL DEFAULT 0 CHECK (amount_refunded >= 0),
    payment_intent  text,
    -- A short view of each of its payments, from which everything else in the row is derived.
    state           jsonb       NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (NOT registered OR (amount IS NOT NULL AND currency IS NOT NULL))
) WITH (fillfactor = 70);
