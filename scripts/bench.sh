#!/usr/bin/env bash
# make bench: every benchmark, release build, private servers (or those of DATABASE_URL and AMQP_URL), one run.
# Each prints its own table and ratios; the closing lines say which missed its aim.
. "$(dirname "${BASH_SOURCE[0]}")/build.sh"

# The part that runs once the servers are there.
if [ "${1:-}" = --with-servers ]; then
  missed=()
  for benchmark in "$2"/bench-*; do
    case "$benchmark" in *.d) continue ;; esac
    name="$(basename "$benchmark")"
    printf '\n== %s\n' "$name"
    "$benchmark" || missed+=("$name")
  done
  printf '\n== lists of the console\n'
  cargo bench --locked --quiet -p sluicegate-console --bench lists || missed+=("lists of the console")
  printf '\n'
  if [ "${#missed[@]}" -gt 0 ]; then
    say "bench: failed or short of its aim: ${missed[*]} (${SECONDS} s)"
    exit 1
  fi
  say "bench: done (${SECONDS} s)"
  exit 0
fi

build release
"$programs/simulator" servers -- bash scripts/bench.sh --with-servers "$programs"
