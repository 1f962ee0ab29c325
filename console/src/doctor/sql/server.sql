-- What PostgreSQL says of itself. Settings as this role's sessions begin with them.
SELECT current_setting('server_version_num')::int AS version_number, current_setting('server_version') AS version,
       (SELECT reset_val FROM pg_settings WHERE name = 'fsync') AS fsync,
       (SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit') AS synchronous_commit,
       (SELECT reset_val FROM pg_settings WHERE name = 'full_page_writes') AS full_page_writes,
       (SELECT reset_val::int8 FROM pg_settings WHERE name = 'idle_session_timeout') AS idle_session_timeout,
       current_setting('max_connections')::int8 - current_setting('superuser_reserved_connections')::int8
           AS connections,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
       pg_is_in_recovery() AS is_standby, clock_timestamp() AS now
