-- What this role may do: tables that it may not read or write, and whether it can alter the audit.
SELECT coalesce(array_agg(c.relname::text ORDER BY c.relname) FILTER (
           WHERE NOT has_table_privilege(c.oid, 'SELECT') OR NOT has_table_privilege(c.oid, 'INSERT')), '{}') AS missing,
       coalesce(bool_or(c.relname = 'audit' AND (
           has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE')
           OR has_table_privilege(c.oid, 'TRUNCATE') OR pg_has_role(c.relowner, 'USAGE'))), false) AS alters_audit
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('refinery_schema_history', 'audit_head')
