#!/bin/bash
# healthcheck PORT: whether the program that serves /health/ready on this port of this container is ready.
# The image has no HTTP client; bash can speak enough of it.
set -eu
exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 5 _ status _ <&3
[ "$status" = 200 ]
