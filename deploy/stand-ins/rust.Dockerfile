# Stands in for rust:1.95-slim-bookworm: a compiler, a linker, certificates.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev ca-certificates && rm -rf /var/lib/apt/lists/*
COPY . /usr/local/
ENV CARGO_HTTP_CAINFO=/usr/local/share/certificates/ca.crt
