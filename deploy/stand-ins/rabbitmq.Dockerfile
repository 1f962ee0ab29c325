# Stands in for rabbitmq:4-management: Debian 13's RabbitMQ with the plugins that the official image enables and an entry point that drops root.
FROM debian:trixie-slim
RUN apt-get update && apt-get install --yes --no-install-recommends rabbitmq-server util-linux && rm -rf /var/lib/apt/lists/* \
 && printf '[rabbitmq_management,rabbitmq_prometheus].\n' >/etc/rabbitmq/enabled_plugins && mkdir -p /etc/rabbitmq/conf.d \
 && printf 'log.console = true\nlog.file = false\n' >/etc/rabbitmq/conf.d/10-log.conf
ENV HOME=/var/lib/rabbitmq PATH=/usr/lib/rabbitmq/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY --chmod=755 rabbitmq-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["rabbitmq-server"]
