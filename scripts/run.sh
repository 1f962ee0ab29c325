#!/usr/bin/env bash
# make run and make demo: install, build, then hand over to the simulator, which starts and stops the rest.
started="$(date +%s)"
. "$(dirname "${BASH_SOURCE[0]}")/build.sh"

case "${1:-}" in
  run | demo) ;;
  *) say "usage: run.sh run|demo"; exit 2 ;;
esac
build
SLUICEGATE_STARTED="$started" exec "$programs/simulator" "$1"
