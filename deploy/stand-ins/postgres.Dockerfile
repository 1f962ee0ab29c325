# Stands in for postgres:17: Debian 13's PostgreSQL 17 with an entry point that honours POSTGRES_USER, POSTGRES_DB,
# POSTGRES_PASSWORD and /docker-entrypoint-initdb.d.
FROM debian:trixie-slim
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-17 util-linux && rm -rf /var/lib/apt/lists/*
ENV PATH=/usr/lib/postgresql/17/bin:/usr/local/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data
COPY --chmod=755 postgres-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
