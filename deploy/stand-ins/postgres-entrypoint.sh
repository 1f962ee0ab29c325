#!/bin/bash
# The part of the official image's entry point that the compose file relies on.
set -euo pipefail
if [ "$(id -u)" = 0 ]; then
  install -d -o postgres -g postgres -m 700 "$PGDATA"
  install -d -o postgres -g postgres /var/run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
user="${POSTGRES_USER:-postgres}" database="${POSTGRES_DB:-${POSTGRES_USER:-postgres}}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  [ -z "${POSTGRES_PASSWORD_FILE:-}" ] || POSTGRES_PASSWORD="$(<"$POSTGRES_PASSWORD_FILE")"
  initdb --username="$user" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") --auth-local=trust --auth-host=scram-sha-256 >/dev/null
  printf "host all all all scram-sha-256\n" >>"$PGDATA/pg_hba.conf"
  # On the socket alone, until it is set up.
  pg_ctl -w -o "-c listen_addresses=''" start >/dev/null
  [ "$database" = postgres ] || createdb --username="$user" "$database"
  export POSTGRES_USER="$user" POSTGRES_DB="$database"
  for script in /docker-entrypoint-initdb.d/*.sh; do
    [ ! -f "$script" ] || bash "$script"
  done
  pg_ctl -w -m fast stop >/dev/null
fi
exec "$@" -c listen_addresses='*'
