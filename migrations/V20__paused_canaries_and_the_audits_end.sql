-- A job that somebody pauses within its canary goes back to it.
ALTER TABLE jobs ADD COLUMN paused_from text CHECK (paused_from IN ('canary', 'running'));

-- The end of the audit's chain moves only when a line is appended: without it a cut tail would not show.
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
