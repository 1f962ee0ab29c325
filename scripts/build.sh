# Sourced by the other scripts: installs what is missing, builds the programs, sets `programs` to their folder.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }

# build [release]
build() {
  local started=$SECONDS target profile="${1:-debug}"
  bash scripts/install-servers.sh
  say "building (cargo build, $profile)"
  if [ "$profile" = release ]; then set -- --release --features worker/jemalloc; else set --; fi
  cargo build --workspace --bins --locked "$@"
  say "built in $((SECONDS - started)) s"
  target="$(cargo metadata --format-version 1 --no-deps --locked | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')"
  programs="$target/$profile"
}
