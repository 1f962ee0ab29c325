#!/usr/bin/env bash
# Fetches the addresses that Stripe sends webhooks from into the file that INGRESS_ALLOW=stripe goes by.
# Stripe announces changes seven days ahead; release the ingress again after one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source=https://stripe.com/files/ips/ips_webhooks.txt
file=ingress/stripe-addresses.txt

addresses="$(curl --fail --silent --show-error --location --proto '=https' "$source" | tr -d '\r' | sed '/^$/d')"
if [ "$(wc -l <<<"$addresses")" -lt 5 ] || grep -vqE '^[0-9a-fA-F.:/]+$' <<<"$addresses"; then
  printf '%s does not hold a list of addresses; %s is unchanged\n' "$source" "$file" >&2
  exit 1
fi
{
  printf '# The addresses that Stripe sends webhooks from: %s\n' "$source"
  printf '# As published on %s. Refresh: scripts/refresh-stripe-addresses.sh\n' "$(date -u +%F)"
  printf '%s\n' "$addresses"
} >"$file"
git --no-pager diff --stat -- "$file"
