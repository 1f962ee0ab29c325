-- The programs may run as a role that cannot write audit_head: the trigger that moves it runs with its owner's rights,
-- and finds its tables in this schema whatever the caller's search path is.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION audit_append() SECURITY DEFINER SET search_path = %I, pg_temp', current_schema());
END $$;
