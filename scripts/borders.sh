#!/usr/bin/env bash
# The borders between crates: what a crate must never reach, proven by what it links and what it names.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

status=0

# links CRATE PATTERN REASON: fails when the crate links a package whose name matches.
links() {
  local found
  found="$(cargo tree --locked --package "$1" --edges normal --prefix none | awk '{ print $1 }' | sort -u | grep -E "^($2)$" || true)"
  if [ -n "$found" ]; then
    printf '%s must not link %s: %s\n' "$1" "$(paste -sd' ' - <<<"$found")" "$3" >&2
    status=1
  fi
}


links ingress 'tokio-postgres.*|deadpool.*|refinery.*|postgres' 'the ingress has no database'
links domain 'tokio.*|deadpool.*|refinery.*|lapin|actix.*|postgres|amqp|service' 'the domain is pure'
links mail 'tokio.*|deadpool.*|refinery.*|lapin|actix.*|lettre|postgres|amqp|service' 'the words of e-mails are pure'
links histories 'domain|stripe|tokio.*|postgres|amqp|service' 'the expected state must owe nothing to the code under test'
links ingress 'stripe-api|http-client|reqwest' 'the ingress asks nobody'
links stripe-api 'tokio-postgres.*|deadpool.*|refinery.*|lapin|domain|amqp|postgres|worker' 'the client knows no database, no broker and no meaning'
links stripe 'tokio.*|deadpool.*|refinery.*|lapin|actix.*|postgres|amqp|service' 'Stripe views are pure'
clock='Timestamp::now|SystemTime|Instant::now|Zoned::now|std::env|std::fs::(read|write)'
for folder in domain/src mail/src shared/stripe/src; do
  # The templates of a company are files; one file of mail reads them.
  for file in $(find "$folder" -name '*.rs' ! -name '*_tests.rs' ! -path mail/src/template_files.rs); do
    # Tests at the end of a file may read files.
    body="$(sed '/^#\[cfg(test)\]/,$d' "$file")"
    if grep -nE "$clock" <<<"$body" >&2; then
      printf '%s: time and settings are passed in, never read inside pure code\n' "$file" >&2
      status=1
    fi
  done
done
exit "$status"
