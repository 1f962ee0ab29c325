#!/usr/bin/env bash
# Installs what the programs of examples/ need into .local/examples: a Python environment (v) and node_modules, in the
# versions of their lock files. Quick, and silent, when all is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=.local/examples
locks=(examples/requirements.lock examples/express/package.json examples/express/package-lock.json)
stamp="$(cat "${locks[@]}" "${BASH_SOURCE[0]}" | sha256sum)"
[ "$(cat "$folder/stamp" 2>/dev/null)" != "$stamp" ] || exit 0

printf 'installing the libraries of examples/ into %s\n' "$folder" >&2
started=$SECONDS
rm -rf "$folder"
mkdir -p "$folder"
python3 -m venv "$folder/v"
"$folder/v/bin/pip" install --quiet --disable-pip-version-check --no-deps -r examples/requirements.lock
cp examples/express/package.json examples/express/package-lock.json "$folder"
npm ci --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts
printf '%s\n' "$stamp" >"$folder/stamp"
printf 'installed in %s s\n' "$((SECONDS - started))" >&2
