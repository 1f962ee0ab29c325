#!/usr/bin/env bash
# Installs what the programs of examples/ need into .local/examples, and Stripe's official libraries, which the
# end-to-end tests read with, into .local/clients: a Python environment (v) and node_modules each, in the versions of
# their lock files. Quick, and silent, when all is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# install FOLDER REQUIREMENTS NODE: what a lock file of Python's and the folder of a lock file of node's name.
install() {
  local folder="$1" requirements="$2" node="$3" stamp started=$SECONDS
  stamp="$(cat "$requirements" "$node/package.json" "$node/package-lock.json" "${BASH_SOURCE[0]}" | sha256sum)"
  [ "$(cat "$folder/stamp" 2>/dev/null)" != "$stamp" ] || return 0
  printf 'installing the libraries of %s into %s\n' "$node" "$folder" >&2
  rm -rf "$folder"
  mkdir -p "$folder"
  python3 -m venv "$folder/v"
  "$folder/v/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements"
  cp "$node/package.json" "$node/package-lock.json" "$folder"
  npm ci --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts
  printf '%s\n' "$stamp" >"$folder/stamp"
  printf 'installed in %s s\n' "$((SECONDS - started))" >&2
}

install .local/examples examples/requirements.lock examples/express
install .local/clients e2e/clients/requirements.lock e2e/clients
