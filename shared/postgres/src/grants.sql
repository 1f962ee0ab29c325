-- What the programs may do, for the role in the setting sluicegate.program_role: read and write the tables that exist
-- now. They cannot change the schema, nor what the audit has recorded. Repeating it changes nothing.
DO $$
DECLARE
    program text := current_setting('sluicegate.program_role');
    place text := current_schema();
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', place, program);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', place, program);
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I', place, program);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON refinery_schema_history FROM %I', program);
    EXECUTE format('REVOKE UPDATE, DELETE ON audit FROM %I', program);
    -- The trigger on the audit moves it, with its owner's rights.
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON audit_head FROM %I', program);
END $$;
