#!/usr/bin/env bash
# make check: what a change must pass besides the tests. Every step runs; the closing lines say which failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools="$PWD/.local/tools"
failed=()

say() { printf '%s\n' "$*" >&2; }

step() {
  local name="$1" started=$SECONDS
  shift
  say "-- $name"
  if "$@"; then
    say "   $name: ok ($((SECONDS - started)) s)"
  else
    say "   $name: FAILED ($((SECONDS - started)) s)"
    failed+=("$name")
  fi
}

# Builds a tool unless this very version is there. Unoptimized: it builds in a third of the time and runs a second.
tool() {
  local name="$1" version="$2"
  [ -x "$tools/bin/$name" ] && grep -qs "\"$name $version " "$tools/.crates.toml" && return
  say "building $name $version (once, a minute or two)"
  cargo install --quiet --locked --debug --root "$tools" "$name@$version"
}

clippy() {
  local features
  features="$(for manifest in */Cargo.toml shared/*/Cargo.toml; do
    if grep -q '^material *=' "$manifest"; then sed -n '1,4s|^name = "\(.*\)"|\1/material|p' "$manifest"; fi
  done | paste -sd, -)"
  # jemalloc: what only release builds take in must build too.
  cargo clippy --quiet --workspace --all-targets --locked --features "${features:+$features,}worker/jemalloc" \
    -- -D warnings
}

docs() { RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps --locked; }

unused() { tool cargo-machete 0.9.2 && "$tools/bin/cargo-machete" --skip-target-dir; }

# cargo-deny reads the sources of every target's crates, those of other systems too: they are fetched first.
licences() {
  tool cargo-deny 0.20.2 && cargo fetch --quiet --locked &&
    "$tools/bin/cargo-deny" --offline --log-level error check licenses bans sources
}

borders() { bash scripts/borders.sh; }

cycles() { python3 -B scripts/module_graph_test.py --quiet && python3 -B scripts/module_graph.py; }

# The list of known vulnerabilities is a git repository outside the crate registry: where it cannot be reached
# the step says so and passes, for the change is not to blame; any finding fails.
audit() {
  local output
  tool cargo-deny 0.20.2 || return 1
  output="$(mktemp)"
  if "$tools/bin/cargo-deny" --log-level error check advisories >"$output" 2>&1; then
    cat "$output"
  elif grep -q 'failed to fetch advisory database' "$output"; then
    say "   NOT AUDITED: the database of known vulnerabilities cannot be reached from here"
  else
    cat "$output"
    rm -f "$output"
    return 1
  fi
  rm -f "$output"
}

NEEDS_PYTHON=1 bash scripts/install-servers.sh
step "format" cargo fmt --all --check
step "clippy" clippy
step "docs" docs
step "borders between crates" borders
step "cycles between modules" cycles
step "unused dependencies" unused
step "licences and sources of dependencies" licences
step "audit of dependencies" audit

if [ "${#failed[@]}" -gt 0 ]; then
  say "check: FAILED: $(printf '%s, ' "${failed[@]}" | sed 's/, $//') (${SECONDS} s)"
  exit 1
fi
say "check: all good (${SECONDS} s)"
