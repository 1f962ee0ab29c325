#!/bin/bash
# Runs once, when the database is set up: the role that owns the schema (`sluicegate migrate`), and the one that the
# programs connect as, which `sluicegate migrate --grant-to` gives its rights.
set -euo pipefail
[ ! -f /run/secrets/database_roles ] || . /run/secrets/database_roles
psql -v ON_ERROR_STOP=1 -v owner="$SLUICEGATE_OWNER_PASSWORD" -v program="$SLUICEGATE_PASSWORD" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE sluicegate_owner LOGIN PASSWORD :'owner';
CREATE ROLE sluicegate LOGIN PASSWORD :'program';
CREATE DATABASE sluicegate OWNER sluicegate_owner;
SQL
