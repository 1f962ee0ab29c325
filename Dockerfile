# One image for every program: the command chooses which. Build: docker build -t sluicegate .

# ---- build ----------------------------------------------------------------------------------------------------
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
# What jemalloc is built with, beside the compiler.
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*

# Dependencies first, against empty sources: this layer is built again only when a manifest changes.
COPY Cargo.toml Cargo.lock ./
COPY shared/stripe/Cargo.toml shared/stripe/
COPY shared/amqp/Cargo.toml shared/amqp/
COPY shared/http-client/Cargo.toml shared/http-client/
COPY shared/postgres/Cargo.toml shared/postgres/
COPY shared/service/Cargo.toml shared/service/
COPY domain/Cargo.toml domain/
COPY mail/Cargo.toml mail/
COPY ingress/Cargo.toml ingress/
COPY stripe-api/Cargo.toml stripe-api/
COPY worker/Cargo.toml worker/
COPY console/Cargo.toml console/
COPY simulator/Cargo.toml simulator/
COPY simulator/histories/Cargo.toml simulator/histories/
COPY e2e/Cargo.toml e2e/
COPY bench/Cargo.toml bench/
COPY examples/rust/Cargo.toml examples/rust/
COPY scripts/empty-sources.sh scripts/
RUN sh scripts/empty-sources.sh \
 && cargo build --release --locked --features worker/jemalloc -p ingress -p worker -p sluicegate-console \
 && find . -path ./target -prune -o -name '*.rs' -exec rm {} +

COPY . .
# Cargo goes by modification times, and the copied sources may be older than the empty ones.
RUN find . -name '*.rs' -newermt 1970-01-01 -exec touch {} + \
 && cargo build --release --locked --features worker/jemalloc -p ingress -p worker -p sluicegate-console \
 && mkdir /programs \
 && cp target/release/ingress target/release/fulfillment-worker target/release/subscription-worker \
       target/release/refund-worker target/release/sluicegate /programs/

# ---- run ------------------------------------------------------------------------------------------------------
FROM debian:bookworm-slim
# The certificates are for servers that speak TLS.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin sluicegate
COPY --from=build /programs/ /usr/local/bin/
COPY --chmod=755 scripts/healthcheck.sh /usr/local/bin/healthcheck
USER 10001
CMD ["sluicegate", "--help"]
