"""Receives Sluicegate's messages by signed HTTP and provisions subscriptions.

Environment: WEBHOOK_SECRET, the same as OUT_WEBHOOK_SECRET; PORT; DATABASE, the file of this example's database.
"""

import json
import os
import sqlite3

from flask import Flask, request
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

app = Flask(__name__)
webhook = Webhook(os.environ["WEBHOOK_SECRET"])
DATABASE = os.environ.get("DATABASE", "handled.sqlite3")


def successful_subscription(database, data):
    """Yours: gives the customer access until data["period_end"]. In the transaction that keeps the message's id."""
    print("provision", data["subscription"], "for", data["customer"], "until", data["period_end"], flush=True)


@app.post("/webhooks/sluicegate")
def receive():
    body = request.get_data()  # the raw bytes: they are what is signed
    try:
        webhook.verify(body, request.headers)
    except WebhookVerificationError:
        return "", 400
    event = json.loads(body)
    database = sqlite3.connect(DATABASE)
    try:
        with database:
            database.execute("CREATE TABLE IF NOT EXISTS handled (source TEXT, id TEXT, PRIMARY KEY (source, id))")
            # Delivery is at least once, so repeats are expected.
            new = database.execute(
                "INSERT INTO handled (source, id) VALUES (?, ?) ON CONFLICT DO NOTHING", (event["source"], event["id"])
            ).rowcount
            if new and event["type"] == "subscription.payment_succeeded":
                successful_subscription(database, event["data"])
    finally:
        database.close()
    return "", 204  # after the commit: anything else is sent again


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "5000")))
