-- The console: who may use it, what they did, the bulk jobs they started, and what the overview shows.

CREATE TABLE users (
    name        text PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$'),
    role        text        NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    -- Argon2id in PHC form; null: this user signs in through the reverse proxy only.
    password    text,
    disabled_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- Failed sign-ins, by name and by address. Unknown names count too: the table must not reveal which names exist.
CREATE TABLE sign_in_failures (
    subject      text PRIMARY KEY,
    failures     integer     NOT NULL CHECK (failures >= 0),
    last_at      timestamptz NOT NULL,
    locked_until timestamptz
);

CREATE TABLE sessions (
    -- SHA-256 of the cookie: nobody can sign in with what this table holds.
    id_hash    bytea PRIMARY KEY CHECK (octet_length(id_hash) = 32),
    user_name  text        NOT NULL,
    csrf       text        NOT NULL,
    by_proxy   boolean     NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_name);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE tokens (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text        NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$'),
    role         text        NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    -- SHA-256: a token is 256 random bits, so a slow hash would add nothing.
    hash         bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    created_by   text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at   timestamptz
);

-- The audit: who did what, to which subject, when and why. It is append-only, and each row carries the hash of the row
-- before it: a changed, removed or inserted row breaks the chain, which `sluicegate audit verify` checks.
CREATE TABLE audit (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL DEFAULT now(),
    actor         text        NOT NULL,
    action        text        NOT NULL,
    subject       text        NOT NULL,
    reason        text        NOT NULL,
    previous_hash bytea       NOT NULL DEFAULT '',
    hash          bytea       NOT NULL DEFAULT ''
);
CREATE INDEX audit_subject ON audit (subject, id DESC);
CREATE INDEX audit_actor ON audit (actor, id DESC);

-- One row: the last id and hash of the chain. Locking it serializes the writers; rows cut from the end of the audit
-- show against it.
CREATE TABLE audit_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    id     bigint NOT NULL,
    hash   bytea  NOT NULL
);
INSERT INTO audit_head (id, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- Every field is preceded by its length, so that no two rows hash the same text.
CREATE FUNCTION audit_hash(previous bytea, id bigint, at timestamptz, actor text, action text, subject text, reason text)
    RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN sha256(previous || convert_to(
        id || '|' || (extract(epoch FROM at) * 1000000)::bigint
        || '|' || octet_length(actor) || ':' || actor || '|' || octet_length(action) || ':' || action
        || '|' || octet_length(subject) || ':' || subject || '|' || octet_length(reason) || ':' || reason, 'UTF8'));

CREATE FUNCTION audit_append() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE head audit_head%ROWTYPE;
BEGIN
    SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
    -- Numbered under the lock: without gaps, in the order of the chain.
    NEW.id := head.id + 1;
    NEW.at := clock_timestamp();
    NEW.previous_hash := head.hash;
    NEW.hash := audit_hash(head.hash, NEW.id, NEW.at, NEW.actor, NEW.action, NEW.subject, NEW.reason);
    UPDATE audit_head SET id = NEW.id, hash = NEW.hash;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_append BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_append();

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- The head changes only when a row is appended: otherwise it could be set back to hide rows cut from the end.
CREATE FUNCTION audit_head_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Within audit_append, which is a trigger itself.
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the end of the audit moves with its lines alone: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_head_keep BEFORE INSERT OR UPDATE OR DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_head_refuse();
CREATE TRIGGER audit_head_keep_all BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_head_refuse();

-- Replaying or discarding many dead letters. The list is fixed when the job is created, and each item is marked before
-- it is sent, so that a console that stops half-way never sends one twice.
CREATE TABLE jobs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action      text        NOT NULL CHECK (action IN ('replay', 'discard')),
    filter      jsonb       NOT NULL,
    reason      text        NOT NULL,
    actor       text        NOT NULL,
    -- Dead letters per second.
    rate        integer     NOT NULL CHECK (rate BETWEEN 1 AND 1000),
    -- How many are sent first; the rest follows only when all of these took effect. 0: no canary.
    canary      integer     NOT NULL DEFAULT 0 CHECK (canary >= 0),
    state       text        NOT NULL DEFAULT 'running'
        CHECK (state IN ('canary', 'running', 'paused', 'canceled', 'stopped', 'done')),
    -- What a resumed job goes back to.
    paused_from text        CHECK (paused_from IN ('canary', 'running')),
    -- Why it stopped by itself.
    note        text,
    total       integer     NOT NULL CHECK (total >= 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    -- When the whole canary had been sent and the wait for its results began.
    canary_at   timestamptz,
    finished_at timestamptz,
    CHECK ((state IN ('canceled', 'stopped', 'done')) = (finished_at IS NOT NULL))
);
CREATE INDEX jobs_active ON jobs (id) WHERE state IN ('canary', 'running');

CREATE TABLE job_items (
    job_id         bigint  NOT NULL REFERENCES jobs ON DELETE CASCADE,
    position       integer NOT NULL,
    dead_letter_id bigint  NOT NULL,
    -- sending: marked before it is published. unknown: the console stopped in between; it is not sent again.
    state          text    NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'sent', 'skipped', 'failed', 'unknown')),
    note           text,
    at             timestamptz,
    PRIMARY KEY (job_id, position),
    UNIQUE (job_id, dead_letter_id)
);
CREATE INDEX job_items_open ON job_items (job_id, position) WHERE state IN ('waiting', 'sending');

-- Which processes are running, as each of them reports every few seconds.
CREATE TABLE workers (
    id              text PRIMARY KEY,
    kind            text        NOT NULL,
    host            text        NOT NULL,
    version         text        NOT NULL,
    started_at      timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,
    -- When the newest event that this worker has settled was received; null: none yet.
    settled_through timestamptz
);

-- How long messages wait, without touching them: reading the head of a quorum queue counts as a delivery. Whatever is
-- in the queue was received after oldest_after: the queue was seen empty then, or its workers have settled that far.
CREATE TABLE queue_marks (
    queue        text PRIMARY KEY,
    oldest_after timestamptz NOT NULL
);
