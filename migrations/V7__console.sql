-- Who may use the console, what they did, and the state of workers and queues that its overview shows.

CREATE TABLE users (
    name        text PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$'),
    role        text        NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    -- Argon2id in PHC form. Null: signs in through the reverse proxy only.
    password    text,
    disabled_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- Failed sign-ins by name and by address. Unknown names are counted too: a lock must not reveal which users exist.
CREATE TABLE sign_in_failures (
    subject      text PRIMARY KEY,
    failures     integer     NOT NULL CHECK (failures >= 0),
    last_at      timestamptz NOT NULL,
    locked_until timestamptz
);

CREATE TABLE sessions (
    -- SHA-256 of the cookie: whoever reads this table cannot sign in with it.
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

-- The audit: who did what, to which object, when and why. It is append-only, and each row carries the hash of the one
-- before: a changed, removed or inserted row breaks the chain, which `sluicegate audit verify` checks.
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

-- One row: the end of the chain. Locking it serializes writers, and a removed end of the audit shows against it.
CREATE TABLE audit_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    id     bigint NOT NULL,
    hash   bytea  NOT NULL
);
INSERT INTO audit_head (id, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- Each field is preceded by its length, so that no two rows are hashed from the same text.
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

-- The end of the chain moves only when a row is appended: otherwise a removed end would not show.
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

-- Which worker processes are running; each updates its row every few seconds.
CREATE TABLE workers (
    id              text PRIMARY KEY,
    kind            text        NOT NULL,
    host            text        NOT NULL,
    version         text        NOT NULL,
    started_at      timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,
    -- When the newest event that it has settled was received. Null: none yet.
    settled_through timestamptz
);

-- How long messages wait, without touching them: a look at the head of a quorum queue counts as a delivery. What is
-- in a queue now was received after this time: the queue was empty then, or its workers have settled everything older.
CREATE TABLE queue_marks (
    queue        text PRIMARY KEY,
    oldest_after timestamptz NOT NULL
);
