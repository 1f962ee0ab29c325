-- The audit may only grow, and each row carries the hash of the one before: a changed, removed or
-- slipped-in row breaks the chain, which `sluicegate audit verify` walks.
ALTER TABLE audit
    ADD COLUMN previous_hash bytea NOT NULL DEFAULT '',
    ADD COLUMN hash          bytea NOT NULL DEFAULT '';

-- One row: the end of the chain. Locking it puts writers in line; a cut tail shows against it.
CREATE TABLE audit_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    id     bigint NOT NULL,
    hash   bytea  NOT NULL
);
INSERT INTO audit_head (id, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- Every field with its length before it, so that no two rows have the same text.
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

CREATE INDEX audit_subject ON audit (subject, id DESC);
CREATE INDEX audit_actor ON audit (actor, id DESC);
