#!/bin/sh
# Makes an empty source for every target of the workspace's manifests, so that the dependencies can be built
# before the sources are there (see Dockerfile).
set -eu
for manifest in */Cargo.toml shared/*/Cargo.toml simulator/*/Cargo.toml examples/*/Cargo.toml; do
  folder="${manifest%/Cargo.toml}"
  mkdir -p "$folder/src"
  echo '' >"$folder/src/lib.rs"
  echo 'fn main() {}' >"$folder/src/main.rs"
  # Targets with a path of their own, and tests, benchmarks and examples that a manifest names.
  sed -n 's/^path = "\(.*\.rs\)"$/\1/p' "$manifest" | while read -r path; do
    mkdir -p "$folder/$(dirname "$path")"
    echo 'fn main() {}' >"$folder/$path"
  done
  for kind in test:tests bench:benches example:examples; do
    sed -n "/^\[\[${kind%:*}\]\]/,/^\$/ s/^name = \"\(.*\)\"\$/\1/p" "$manifest" | while read -r name; do
      place="$folder/${kind#*:}"
      mkdir -p "$place"
      [ -e "$place/$name" ] || [ -e "$place/$name.rs" ] || echo 'fn main() {}' >"$place/$name.rs"
    done
  done
done
