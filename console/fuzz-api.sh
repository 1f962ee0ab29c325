#!/usr/bin/env bash
# Schemathesis over the console's API: no 5xx, and nothing that the OpenAPI document does not say.
# A request may wait for an order for half a minute, by design.
# Needs DATABASE_URL and AMQP_URL (`simulator servers -- console/fuzz-api.sh` sets them), psql and python3.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${DATABASE_URL:?set it, or use make fuzz-api}" "${AMQP_URL:?set it, or use make fuzz-api}"
target=${CARGO_TARGET_DIR:-target}
tool=.local/schemathesis
if [ ! -x "$tool/bin/schemathesis" ]; then
    echo "installing schemathesis into $tool"
    python3 -m venv "$tool" && "$tool/bin/pip" install -q "schemathesis>=4,<5"
fi
cargo build -q -p sluicegate-console
database="fuzz_$$"
psql -q "$DATABASE_URL" -c "CREATE DATABASE $database"
admin=$DATABASE_URL
DATABASE_URL=$(python3 - "$DATABASE_URL" "$database" <<'P'
import sys, urllib.parse as u
p = u.urlsplit(sys.argv[1]); print(u.urlunsplit(p._replace(path="/" + sys.argv[2])))
P
)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export DATABASE_URL AMQP_PREFIX="$database." CONSOLE_BIND="127.0.0.1:$port" METRICS_BIND=off RUST_LOG=error RETRY_SCHEDULE=10s STRIPE_LIVEMODE=any
console=""
finish() {
    if [ -n "$console" ]; then kill "$console" 2>/dev/null && wait "$console" 2>/dev/null; fi
    psql -q "$admin" -c "DROP DATABASE IF EXISTS $database WITH (FORCE)"
}
trap finish EXIT
"$target/debug/sluicegate" migrate >/dev/null
sed 's/:events/2000/g; s/:letters/200/g' console/tests/it/large.sql | psql -q "$DATABASE_URL" >/dev/null
token=$("$target/debug/sluicegate" token create --name fuzz --role admin | awk '{ print $NF }')
# The token that asks must outlive a request that revokes it.
psql -q "$DATABASE_URL" <<'Q'
CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER kept BEFORE UPDATE OF revoked_at ON tokens FOR EACH ROW WHEN (old.name = 'fuzz') EXECUTE FUNCTION kept();
Q
"$target/debug/sluicegate" serve &
console=$!
for _ in $(seq 100); do curl -sf "http://$CONSOLE_BIND/health/ready" >/dev/null && break; sleep 0.1; done
"$tool/bin/schemathesis" run "http://$CONSOLE_BIND/api/openapi.json" \
    --header "Authorization: Bearer $token" --checks all --max-examples "${EXAMPLES:-100}" --seed "${SEED:-1}" \
    --suppress-health-check all --request-timeout 40
