-- What `sluicegate drift` and `sluicegate reconcile` found, for those who look later. The differences themselves are
-- printed and not kept: they are found anew at any time.
CREATE TABLE stripe_checks (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('drift', 'reconcile')),
    -- The connected account; '' is the company's own.
    account     text        NOT NULL,
    -- What was looked at: the part and the sample, or the month.
    scope       text        NOT NULL,
    -- Objects that were compared, or transactions.
    checked     bigint      NOT NULL CHECK (checked >= 0),
    -- Of those, the ones that differed, or movements that nothing explains.
    found       bigint      NOT NULL CHECK (found >= 0),
    -- Of those, the ones that were repaired.
    repaired    bigint      NOT NULL DEFAULT 0 CHECK (repaired >= 0),
    finished_at timestamptz NOT NULL DEFAULT now(),
    CHECK (repaired <= found)
);

-- The settings that must be the same in all workers and the console, without secrets: `sluicegate doctor` compares them.
ALTER TABLE workers ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';

-- One command `sluicegate backfill`: several kinds of object of one or all accounts. One that was interrupted is gone on
-- with by the next command that asks for no more: what it had finished is not read again.
CREATE TABLE backfill_runs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- What is taken in, as the command names it: all, payments …
    part        text        NOT NULL,
    -- As the command names it: self, all, acct_…
    account     text        NOT NULL,
    -- Objects that Stripe made from then on; null: all.
    since       timestamptz,
    messages    boolean     NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX backfill_runs_open ON backfill_runs (part, account, id DESC) WHERE finished_at IS NULL;
ALTER TABLE backfills ADD COLUMN run_id bigint REFERENCES backfill_runs;
CREATE INDEX backfills_run ON backfills (run_id, account, object) WHERE run_id IS NOT NULL;
