"""Consumes Sluicegate's messages from RabbitMQ and provisions subscriptions.

Environment: AMQP_URL; AMQP_PREFIX where Sluicegate has one; DATABASE, the file of this example's database.
"""

import json
import os
import sqlite3

import pika

PREFIX = os.environ.get("AMQP_PREFIX", "")
EXCHANGE = f"{PREFIX}sluicegate.out"
QUEUE = f"{PREFIX}provisioning"
TOPIC = "subscription.payment_succeeded"


def successful_subscription(database, data):
    """Yours: gives the customer access until data["period_end"]. In the transaction that keeps the message's id."""
    print("provision", data["subscription"], "for", data["customer"], "until", data["period_end"], flush=True)


def handle(database, event):
    """Handles an event once: delivery is at least once, so repeats are expected."""
    with database:
        new = database.execute(
            "INSERT INTO handled (source, id) VALUES (?, ?) ON CONFLICT DO NOTHING", (event["source"], event["id"])
        ).rowcount
        if new and event["type"] == TOPIC:
            successful_subscription(database, event["data"])


def main():
    database = sqlite3.connect(os.environ.get("DATABASE", "handled.sqlite3"))
    database.execute("CREATE TABLE IF NOT EXISTS handled (source TEXT, id TEXT, PRIMARY KEY (source, id))")
    channel = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"])).channel()
    # Durable and bound for good: what comes while this program is away waits here.
    channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(QUEUE, EXCHANGE, routing_key="subscription.#")
    channel.basic_qos(prefetch_count=20)

    def receive(channel, delivery, _properties, body):
        handle(database, json.loads(body))
        channel.basic_ack(delivery.delivery_tag)  # after the commit

    channel.basic_consume(QUEUE, receive)
    channel.start_consuming()


if __name__ == "__main__":
    main()
