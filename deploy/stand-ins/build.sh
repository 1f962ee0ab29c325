#!/usr/bin/env bash
# Makes images with the names that the Dockerfile and the compose file use, from Debian's packages and this machine's
# Rust, for machines that reach no image registry. They stand in for the official images in `make test-containers`; they
# are not meant to be run for anything else.
#
# Needs root, debootstrap and podman. An image that is there already is left as it is.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
work="${STAND_INS_FOLDER:-/var/tmp/sluicegate-stand-ins}"
mkdir -p "$work"

exists() { podman image exists "$1"; }
say() { printf '%s\n' "$*" >&2; }

# A folder with a minimal Debian.
debian() { # release
  [ -f "$work/$1/etc/debian_version" ] || debootstrap --variant=minbase "$1" "$work/$1" >"$work/$1.log"
}

import() { # folder image [change…]
  local folder="$1" image="$2" changes=()
  shift 2
  for change in "$@"; do changes+=(--change "$change"); done
  tar -C "$folder" --exclude=./proc/* --exclude=./sys/* -c . | podman import "${changes[@]}" - "$image" >/dev/null
}

if ! exists debian:bookworm-slim; then
  say "making debian:bookworm-slim"
  debian bookworm
  import "$work/bookworm" localhost/debian:bookworm-slim
fi

if ! exists rust:1.95-slim-bookworm; then
  say "making rust:1.95-slim-bookworm with this machine's toolchain"
  toolchain="$(rustc --print sysroot)"
  mkdir -p "$work/rust"
  cp -a "$toolchain/." "$work/rust/"
  # The registry of crates is reached the way that this machine reaches it.
  mkdir -p "$work/rust/share/certificates"
  cp -L "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$work/rust/share/certificates/ca.crt"
  podman build --network=host -t localhost/rust:1.95-slim-bookworm -f "$here/rust.Dockerfile" "$work/rust"
fi

for server in postgres:17 rabbitmq:4-management; do
  if ! exists "$server"; then
    say "making $server"
    debian trixie
    exists debian:trixie-slim || import "$work/trixie" localhost/debian:trixie-slim
    podman build --network=host -t "localhost/$server" -f "$here/${server%%:*}.Dockerfile" "$here"
  fi
done
