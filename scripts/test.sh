#!/usr/bin/env bash
# make test: every test of the workspace against private servers (or those of DATABASE_URL and AMQP_URL).
# Arguments go to cargo test instead of --workspace.
. "$(dirname "${BASH_SOURCE[0]}")/build.sh"

export NEEDS_BROWSER=1 NEEDS_MAIL=1
# The permutations that the domain's tests try; see docs/testing.md.
export ORDER_PROOF_PERMUTATIONS="${ORDER_PROOF_PERMUTATIONS:-52000}"
[ "$#" -gt 0 ] || set -- --workspace
case " $* " in *" --workspace "* | *" e2e "*) export NEEDS_EXAMPLES=1 ;; esac
build
[ -z "${NEEDS_EXAMPLES:-}" ] || bash scripts/install-examples.sh
mkdir -p .local/log
log=".local/log/test-$$.log"
status=0
"$programs/simulator" servers -- cargo test --locked --no-fail-fast "$@" 2>&1 | tee "$log" || status=$?
totals="$(awk '/^test result:/ { passed += $4; failed += $6; ignored += $8; programs++ }
  END { printf "%d passed, %d failed, %d ignored in %d test programs", passed, failed, ignored, programs }' "$log")"
grep -E '^test .* FAILED$' "$log" >&2 || true
if [ "$status" -eq 0 ]; then
  rm -f "$log"
  say "tests: all passed ($totals; ${SECONDS} s)"
else
  say "tests: NOT all passed ($totals; ${SECONDS} s; output in $log)"
fi
exit "$status"
