#!/usr/bin/env bash
# Installs what this machine lacks: a C linker (rustc needs one), PostgreSQL and RabbitMQ.
#
# With NEEDS_BROWSER set also Chromium and its driver, which the console's tests need; with NEEDS_PYTHON also python3,
# which `make check` needs; with NEEDS_MAIL also aiosmtpd, the mail server of the tests; with NEEDS_EXAMPLES also what
# the commands and programs of examples/ and docs/INTEGRATION.md run with: python3 with venv, node with npm, curl and jq.
#
# The packages' own services are not started: the project runs private copies of the servers (see simulator).
# With DATABASE_URL and AMQP_URL set no server is installed. Quick, and silent, when all is there.
set -euo pipefail

local_folder="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.local"
log_folder="$local_folder/log"
smtp_folder="$local_folder/smtp"
deadline_for_locks=600

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

has_postgres() {
  local folder
  for folder in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && return 0
  done
  command -v initdb >/dev/null && command -v postgres >/dev/null
}

has_rabbitmq() {
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || command -v rabbitmq-server >/dev/null ||
    [ -x /opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server ] || [ -x /usr/local/opt/rabbitmq/sbin/rabbitmq-server ]
}

needs_servers() { [ -z "${DATABASE_URL:-}" ] || [ -z "${AMQP_URL:-}" ]; }

# As simulator/src/servers/smtp.rs looks for it.
has_aiosmtpd() {
  local python
  for python in "$smtp_folder/bin/python3" /usr/bin/python3 python3; do
    "$python" -c 'import aiosmtpd' 2>/dev/null && return 0
  done
  return 1
}

# What is missing, as words: cc make postgres rabbitmq browser python3 venv node curl jq aiosmtpd.
missing() {
  command -v cc >/dev/null || echo cc
  command -v make >/dev/null || echo make
  if needs_servers; then
    has_postgres || echo postgres
    has_rabbitmq || echo rabbitmq
  fi
  # The console's tests drive a browser; nothing else needs one.
  [ -z "${NEEDS_BROWSER:-}" ] || command -v chromedriver >/dev/null || echo browser
  [ -z "${NEEDS_PYTHON:-}" ] || command -v python3 >/dev/null || echo python3
  [ -z "${NEEDS_MAIL:-}" ] || has_aiosmtpd || echo aiosmtpd
  if [ -n "${NEEDS_EXAMPLES:-}" ]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo venv
    { command -v node && command -v npm; } >/dev/null || echo node
    command -v curl >/dev/null || echo curl
    command -v jq >/dev/null || echo jq
  fi
}

check_cargo() {
  command -v cargo >/dev/null && return
  [ -x "$HOME/.cargo/bin/cargo" ] && die "cargo is installed but not in PATH: run  . \"\$HOME/.cargo/env\"  and try again."
  die "cargo is missing. Install Rust ${rust_version:-1.95} or newer with rustup (rust-lang.org/tools/install) and try again."
}

# ---- Debian and Ubuntu ----------------------------------------------------------------------------------

debian_packages() {
  local word
  for word in "$@"; do
    case "$word" in
      cc) echo gcc libc6-dev ;;
      make) echo make ;;
      postgres) echo postgresql ;;
      rabbitmq) echo rabbitmq-server ;;
      browser) echo chromium chromium-driver ;;
      python3) echo python3 ;;
      venv) echo python3 python3-venv ;;
      node) echo nodejs npm ;;
      curl | jq) echo "$word" ;;
      aiosmtpd) echo python3-aiosmtpd ;;
    esac
  done
}

install_debian() {
  local packages
  read -r -d '' -a packages < <(debian_packages "$@" && printf '\0') || true
  mkdir -p "$log_folder"
  say "installing ${packages[*]} (apt; log in $log_folder/install.log)"
  local run=(bash "${BASH_SOURCE[0]}" --as-root "${packages[@]}")
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "root is needed to install: as root run  apt-get install ${packages[*]}"
    say "sudo is asked for the right to install them"
    run=(sudo "${run[@]}")
  fi
  with_heartbeat "$log_folder/install.log" "${run[@]}" ||
    die "installing ${packages[*]} failed; the end of $log_folder/install.log:" "$(tail -n 15 "$log_folder/install.log")"
}

# Runs a command with its output in a file, and shows now and then how long it has taken and what it does.
with_heartbeat() {
  local log="$1" pid ticks=0 status=0
  shift
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  trap 'kill "$pid" 2>/dev/null || true' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    ticks=$((ticks + 1))
    if [ $((ticks % 10)) -eq 0 ]; then
      say "  ${ticks} s: $(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c 1-100)"
    fi
  done
  wait "$pid" || status=$?
  trap - INT TERM
  return "$status"
}

# The part that runs as root. Services stay off: invoke-rc.d and deb-systemd-invoke ask policy-rc.d first.
policy=/usr/sbin/policy-rc.d
mark='# written by sluicegate while it installs packages'

restore_policy() {
  if [ -f "$policy" ] && grep -qF "$mark" "$policy"; then rm -f "$policy"; fi
  if [ -e "$policy.sluicegate-saved" ]; then mv -f "$policy.sluicegate-saved" "$policy"; fi
}

keep_services_off() {
  restore_policy # a killed run may have left it
  if [ -e "$policy" ]; then mv "$policy" "$policy.sluicegate-saved"; fi
  trap restore_policy EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
  chmod 755 "$policy"
}

# Runs apt-get; waits while another program holds its locks, up to the deadline.
apt() {
  local started=$SECONDS output
  output="$(mktemp)"
  until DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confold \
    "$@" 2>&1 | tee "$output"; do
    if grep -qE 'Could not get lock|Unable to acquire|Unable to lock' "$output" &&
      [ $((SECONDS - started)) -lt "$deadline_for_locks" ]; then
      echo "another program holds apt's lock; waiting"
      sleep 3
    elif grep -q 'dpkg --configure -a' "$output"; then
      dpkg --configure -a --force-confold && continue
      rm -f "$output"; return 1
    else
      rm -f "$output"; return 1
    fi
  done
  rm -f "$output"
}

installable() {
  local package
  for package in "$@"; do
    apt-cache policy "$package" 2>/dev/null | grep -qE 'Candidate: [^(]' || return 1
  done
}

as_root() {
  exec 9>/run/sluicegate-install.lock
  flock -w "$deadline_for_locks" 9 || { echo "another installation does not end"; exit 1; }
  keep_services_off
  local updated=no
  installable "$@" || { apt update && updated=yes; }
  apt install --no-install-recommends "$@" || {
    [ "$updated" = no ] || exit 1
    # Package lists older than the mirror name files that are gone.
    apt update && apt install --no-install-recommends "$@"
  }
  if [ -d /run/systemd/system ]; then
    # Nobody asked for servers that start with the machine.
    local service
    for service in "$@"; do
      case "$service" in postgresql | rabbitmq-server) systemctl disable "$service" || true ;; esac
    done
  fi
}

# ---- macOS ----------------------------------------------------------------------------------------------

install_macos() {
  local word formulae=() mail=no
  for word in "$@"; do
    case "$word" in
      cc | make) die "the command line tools are missing: run  xcode-select --install  and try again." ;;
      postgres) formulae+=(postgresql@17) ;;
      rabbitmq) formulae+=(rabbitmq) ;;
      browser) formulae+=(chromium chromedriver) ;;
      python3 | venv) formulae+=(python3) ;;
      node | curl | jq) formulae+=("$word") ;;
      aiosmtpd) mail=yes ;;
    esac
  done
  if [ "$mail" = yes ]; then
    python3 -m venv "$smtp_folder" && "$smtp_folder/bin/pip" install --quiet aiosmtpd==1.4.6 >&2
  fi
  [ "${#formulae[@]}" -gt 0 ] || return 0
  command -v brew >/dev/null || die "Homebrew is missing: install it, or install ${formulae[*]} yourself."
  say "installing ${formulae[*]} (brew)"
  brew install "${formulae[@]}" >&2
}

main() {
  local words started=$SECONDS
  check_cargo
  read -r -d '' -a words < <(missing && printf '\0') || true
  [ "${#words[@]}" -gt 0 ] || return 0
  case "$(uname -s)" in
    Darwin) install_macos "${words[@]}" ;;
    Linux)
      command -v apt-get >/dev/null || die \
        "missing here: ${words[*]}. This script knows apt and brew; with another system install a C compiler, make," \
        "PostgreSQL 14 or newer (server and initdb) and RabbitMQ 3.10 or newer yourself (for the tests also Chromium" \
        "with chromedriver and aiosmtpd)," \
        "or set DATABASE_URL and AMQP_URL to servers that run elsewhere."
      install_debian "${words[@]}"
      ;;
    *) die "missing here: ${words[*]}. Install them, or set DATABASE_URL and AMQP_URL." ;;
  esac
  read -r -d '' -a words < <(missing && printf '\0') || true
  [ "${#words[@]}" -eq 0 ] || die "still missing after the installation: ${words[*]}"
  say "installed in $((SECONDS - started)) s"
}

if [ "${1:-}" = --as-root ]; then
  shift
  as_root "$@"
else
  main
fi
