#!/bin/bash
# Prints a .env with new random passwords: `bash deploy/compose/new-env.sh > .env`, then fill in what is Stripe's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
while IFS= read -r line; do
  case "$line" in
    *PASSWORD*=) printf '%s%s\n' "$line" "$(head -c 24 /dev/urandom | base64 -w0 | tr -d '+/=')" ;;
    *) printf '%s\n' "$line" ;;
  esac
done <.env.example
