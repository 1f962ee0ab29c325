# What each target does is in README.md; the work is done by scripts/ and the simulator.
.PHONY: run demo test test-containers check check-deploy bench fuzz-api help

SHELL := /bin/bash
.DEFAULT_GOAL := help

help:
	@echo "make run    the whole system on this machine, until Ctrl-C"
	@echo "make demo   the same, ends by itself"
	@echo "make test   all tests, real servers included"
	@echo "make test-containers  the image and the compose file, run by podman"
	@echo "make check  format, lints, docs, dependencies"
	@echo "make check-deploy  the Helm chart and the alerts"
	@echo "make bench  benchmarks"
	@echo "make fuzz-api  schemathesis over the console's API"

run demo:
	@exec bash scripts/run.sh $@

test:
	@exec bash scripts/test.sh

test-containers:
	@exec bash scripts/test-containers.sh

check:
	@exec bash scripts/check.sh

check-deploy:
	@exec bash scripts/check-deploy.sh

bench:
	@exec bash scripts/bench.sh

fuzz-api:
	@bash -c '. scripts/build.sh && build && exec "$$programs/simulator" servers -- bash console/fuzz-api.sh'
