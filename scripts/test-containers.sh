#!/usr/bin/env bash
# make test-containers: builds the image, starts the compose file with podman, and checks it as an operator would:
# health checks, users, networks, ports, read-only file systems; 500 histories while workers are scaled and containers
# killed; a restart on the volumes; the database beside the expected state.
#
# Needs root and Debian or Ubuntu. Where no registry can be reached, stand-ins are made for the servers' and the base
# images (deploy/stand-ins). Everything that it makes is named sluicegate-test and is removed at the end.
. "$(dirname "${BASH_SOURCE[0]}")/build.sh"

die() { say "$@"; exit 1; }
ok() { say "   ok: $*"; }
[ "$(id -u)" -eq 0 ] || die "make test-containers needs root: it makes networks and images"

work="$PWD/.local/containers"
mkdir -p "$work"

install_tools() {
  local missing=()
  for package in podman buildah runc netavark aardvark-dns catatonit iptables debootstrap python3-venv curl jq; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] || DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >"$work/install.log" 2>&1
  [ -x "$work/venv/bin/podman-compose" ] || {
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet podman-compose==1.6.0
  }
  # Containers within containers: crun refuses hybrid cgroups, and the default limits are above what may be granted.
  export CONTAINERS_CONF="$work/containers.conf"
  printf '%s\n' '[containers]' 'default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]' \
    '[engine]' 'runtime = "runc"' 'cgroup_manager = "cgroupfs"' '[network]' 'network_backend = "netavark"' >"$CONTAINERS_CONF"
}

project=sluicegate-test
compose() { "$work/venv/bin/podman-compose" --in-pod false -p "$project" --env-file "$work/env" -f docker-compose.yml "$@" >>"$work/compose.log" 2>&1; }
containers() { podman ps -a --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1" --format '{{.Names}}'; }
one() { containers "$1" | head -n 1; }

# Waits until a command succeeds; at most so many seconds.
eventually() { # seconds what command…
  local until=$((SECONDS + $1)) what="$2"
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || { logs; die "did not come true in time: $what"; }
    sleep 0.5
  done
}

logs() { for service in migrate topology ingress fulfillment-worker console rabbitmq postgres; do
  say "-- log of $service"
  podman logs --tail 8 "$(one "$service")" >&2 || true
done; }

healthy() { # service [how many]
  local name count=0
  for name in $(containers "$1"); do
    podman healthcheck run "$name" >/dev/null 2>&1 && count=$((count + 1))
  done
  [ "$count" -ge "${2:-1}" ]
}

address() { podman inspect "$(one "$1")" --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' | cut -d' ' -f1; }
value() { sed -n "s/^$1=//p" "$work/env"; }

settings() {
  bash deploy/compose/new-env.sh >"$work/env"
  sed -i -e 's/^STRIPE_WEBHOOK_SECRET=.*/STRIPE_WEBHOOK_SECRET=whsec_of_the_containers/' -e 's/^STRIPE_LIVEMODE=.*/STRIPE_LIVEMODE=any/' "$work/env"
  printf '%s\n' INGRESS_PORT=18080 CONSOLE_PORT=18081 RETRY_SCHEDULE=1s,2s >>"$work/env"
}

up() { compose up -d --no-deps --no-recreate "$@"; }
done_well() { [ "$(podman wait "$(one "$1")")" = 0 ]; }

# In the order of the compose file's conditions: podman-compose with Debian 12's podman cannot wait for a health check.
start() {
  up postgres rabbitmq
  eventually 180 "postgres is healthy" healthy postgres
  eventually 180 "rabbitmq is healthy" healthy rabbitmq
  up migrate topology
  for once in migrate topology; do
    done_well "$once" || { logs; die "$once failed"; }
  done
  up ingress fulfillment-worker subscription-worker refund-worker console
  for service in ingress fulfillment-worker subscription-worker refund-worker console; do
    eventually 180 "$service is healthy" healthy "$service"
  done
}

database() { printf 'postgres://sluicegate_owner:%s@%s:5432/sluicegate?sslmode=disable' "$(value POSTGRES_OWNER_PASSWORD)" "$(address postgres)"; }
query() { psql "$(database)" -qAtX -c "$1"; }
send() { # histories seed [more…]
  local histories="$1" seed="$2"
  shift 2
  "$programs/simulator" send --url http://127.0.0.1:18080 --secret whsec_of_the_containers --histories "$histories" --seed "$seed" \
    --duplicates 10% --shuffle --attempts 200 "$@"
}

check_isolation() {
  local name
  for service in ingress fulfillment-worker subscription-worker refund-worker console; do
    name="$(one "$service")"
    [ "$(podman exec "$name" id -u)" = 10001 ] || die "$service runs as root"
    ! podman exec "$name" touch /tmp/x /usr/local/bin/x 2>/dev/null || die "$service can write to its file system"
    [ "$(podman inspect "$name" --format '{{.HostConfig.PidsLimit}} {{.HostConfig.Memory}}')" = "256 536870912" ] || die "$service has no limits"
    [ -z "$(podman inspect "$name" --format '{{range .EffectiveCaps}}{{.}}{{end}}')" ] || die "$service has capabilities"
  done
  ok "the programs run as user 10001, on read-only file systems, with limits and without capabilities"
  ! podman exec "$(one ingress)" bash -c "timeout 3 bash -c '</dev/tcp/$(address postgres)/5432'" 2>/dev/null || die "the ingress reaches the database"
  ok "the ingress does not reach the database"
  local published
  published="$(podman ps --filter "label=com.docker.compose.project=$project" --format '{{.Ports}}' | tr ',' '\n' | sed 's/^ *//' | grep . | sort -u | tr '\n' ' ')"
  [ "$published" = "0.0.0.0:18080->8080/tcp 127.0.0.1:18081->8081/tcp " ] || die "published: $published"
  ok "published is the ingress, and the console on this machine alone"
}

check_privileges() {
  local url
  url="postgres://sluicegate:$(value POSTGRES_PROGRAM_PASSWORD)@$(address postgres):5432/sluicegate?sslmode=disable"
  for statement in "DELETE FROM audit" "UPDATE audit SET actor = 'x'" "TRUNCATE audit" "ALTER TABLE audit DISABLE TRIGGER ALL" \
    "UPDATE audit_head SET id = 0" "CREATE TABLE x ()" "DROP TABLE events" "UPDATE refinery_schema_history SET version = 0"; do
    ! psql "$url" -qX -c "$statement" >/dev/null 2>&1 || die "the programs' role may: $statement"
  done
  ok "the programs' role changes neither the schema nor the audit"
  local broker="http://$(address rabbitmq):15672/api/queues/%2f/fulfillment"
  [ "$(curl -s -o /dev/null -w '%{http_code}' -u "ingress:$(value RABBITMQ_INGRESS_PASSWORD)" "$broker")" = 401 ] || die "the ingress may ask the management API"
  podman exec "$(one rabbitmq)" rabbitmqctl --quiet list_permissions | awk '$1 == "ingress" { exit !($2 == "^$" && $4 == "^$") }' || die "the ingress may declare or read"
  ok "the ingress may publish to stripe.events and nothing else"
}

settled() { [ "$(query "SELECT count(*) FROM events WHERE outcome = 'retrying'")" = 0 ]; }

under_load() {
  send 500 71 --rate 400 >"$work/send.log" 2>&1 &
  local sending=$!
  for service in fulfillment-worker subscription-worker refund-worker; do
    up --scale "$service=4" "$service"
    eventually 120 "four of $service are healthy" healthy "$service" 4
  done
  ok "four of each worker"
  for service in fulfillment-worker refund-worker ingress; do podman kill "$(one "$service")" >/dev/null; done
  podman kill "$(one rabbitmq)" >/dev/null
  # Podman has no daemon that would start them again by itself.
  podman start "$(one rabbitmq)" "$(one ingress)" "$(one fulfillment-worker)" "$(one refund-worker)" >/dev/null 2>&1 || true
  eventually 180 "the broker is healthy again" healthy rabbitmq
  eventually 180 "the ingress is healthy again" healthy ingress
  for service in fulfillment-worker subscription-worker refund-worker; do up --scale "$service=1" "$service"; done
  wait "$sending" || { tail -n 5 "$work/send.log" >&2; die "not every event was accepted"; }
  ok "500 histories were accepted while workers were scaled and containers killed"
}

compare() { # what
  "$programs/simulator" verify --histories 500 --seed 71 --database "$(database)" --deadline 180s || { logs; die "the database is not as expected: $1"; }
  ok "the database is as expected $1"
}

restart() {
  compose down
  start
  [ "$(query 'SELECT count(*) > 0 FROM events')" = t ] || die "the volumes were lost"
  send 20 72 >"$work/send2.log" 2>&1 || die "events are not accepted after the restart"
  eventually 60 "the new events are settled" settled
  ok "the stack restarts on its volumes"
}

# podman-compose knows only the first container of each service.
clean() {
  podman ps -aq --filter "label=com.docker.compose.project=$project" | xargs -r podman rm -f >/dev/null 2>&1 || true
  compose down -v || true
}

install_tools
bash deploy/stand-ins/build.sh
say "building the image (log in $work/build.log)"
podman build --network=host -t localhost/sluicegate . >"$work/build.log" 2>&1 || { tail -n 20 "$work/build.log" >&2; die "the image does not build"; }
podman tag localhost/sluicegate sluicegate
ok "the image is built: $(podman image inspect sluicegate --format '{{.Size}}' | awk '{printf "%d MB", $1 / 1e6}')"
build
settings
clean
trap clean EXIT
start
ok "everything is healthy"
check_isolation
check_privileges
under_load
compare "after the load"
restart
compare "after the restart"
say "containers: all as it should be (${SECONDS} s)"
