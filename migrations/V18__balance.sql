-- What moved in a Stripe account's balance, as Stripe lists it: read by `sluicegate reconcile`, and kept.

CREATE TABLE payouts (
    id           text PRIMARY KEY,
    -- The connected account; '' is the company's own.
    account      text        NOT NULL,
    livemode     boolean     NOT NULL,
    -- Minor units that were paid out.
    amount       bigint      NOT NULL,
    currency     text        NOT NULL,
    -- As Stripe spells it; the set is open.
    status       text        NOT NULL,
    -- Made by Stripe's schedule: only of these Stripe says which transactions are in it.
    automatic    boolean     NOT NULL,
    arrival_date timestamptz NOT NULL,
    created      timestamptz NOT NULL,
    read_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX payouts_created ON payouts (account, livemode, created);

CREATE TABLE balance_transactions (
    id                 text PRIMARY KEY,
    account            text        NOT NULL,
    livemode           boolean     NOT NULL,
    -- As Stripe spells them; the sets are open.
    type               text        NOT NULL,
    reporting_category text        NOT NULL,
    -- The charge, refund, dispute or payout that moved the money; null where nothing of the account did.
    source             text,
    -- Minor units of the balance's currency; negative when it leaves the balance.
    amount             bigint      NOT NULL,
    fee                bigint      NOT NULL,
    net                bigint      NOT NULL,
    currency           text        NOT NULL,
    -- Units of this currency for one of the source's, where it was converted.
    exchange_rate      numeric,
    -- The automatic payout that it is in; null: none yet, or one that was made by hand.
    payout_id          text,
    created            timestamptz NOT NULL,
    available_on       timestamptz NOT NULL,
    read_at            timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX balance_transactions_created ON balance_transactions (account, livemode, created);
CREATE INDEX balance_transactions_source ON balance_transactions (source) WHERE source IS NOT NULL;
CREATE INDEX balance_transactions_payout ON balance_transactions (payout_id) WHERE payout_id IS NOT NULL;
