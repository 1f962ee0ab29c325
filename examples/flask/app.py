"""A shop's backend: sends a customer to Stripe, greets them when they come back, and provisions subscriptions."""

import json
import os
import sqlite3
from urllib.parse import quote

import requests
from flask import Flask, redirect, request
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

CONSOLE_URL = os.environ["CONSOLE_URL"]
SLUICEGATE_TOKEN = os.environ["SLUICEGATE_TOKEN"]
STRIPE_API_KEY = os.environ["STRIPE_API_KEY"]
STRIPE_API_BASE = os.environ.get("STRIPE_API_BASE", "https://api.stripe.com")
DATABASE = os.environ.get("DATABASE", "handled.sqlite3")  # of this example
webhook = Webhook(os.environ["WEBHOOK_SECRET"])
app = Flask(__name__)


def sluicegate(method, path, **options):
    headers = {"Authorization": f"Bearer {SLUICEGATE_TOKEN}"}
    answer = requests.request(method, CONSOLE_URL + path, headers=headers, timeout=40, **options)
    answer.raise_for_status()
    return answer.json()


def checkout_session(order):
    names = {"orderId": order["id"], "referenceCode": order["reference_code"]}
    form = {
        "mode": "payment",
        "customer": order["customer"],
        "success_url": f"https://shop.example/success?order={quote(order['id'])}",
        "line_items[0][quantity]": 1,
        "line_items[0][price_data][currency]": order["currency"],
        "line_items[0][price_data][unit_amount]": order["amount"],
        "line_items[0][price_data][product_data][name]": "A pair of shoes",
    }
    for name, value in names.items():
        form[f"metadata[{name}]"] = value
        form[f"payment_intent_data[metadata][{name}]"] = value
    # The same session when the customer clicks twice.
    headers = {"Authorization": f"Bearer {STRIPE_API_KEY}", "Idempotency-Key": f"checkout-{order['id']}"}
    answer = requests.post(f"{STRIPE_API_BASE}/v1/checkout/sessions", data=form, headers=headers, timeout=30)
    answer.raise_for_status()
    return answer.json()


@app.post("/checkout")
def checkout():
    # Yours: look these up. Never take an amount from the browser.
    wanted = {"id": request.json["order"], "customer": request.json["customer"], "amount": 1999, "currency": "usd"}
    order = sluicegate("POST", "/api/orders", json=wanted)
    return redirect(checkout_session(order)["url"], 303)


# Stripe sends the customer back here, often before the payment is known.
@app.get("/success")
def success():
    order = sluicegate("GET", f"/api/orders/{quote(request.args['order'], safe='')}?wait=20s&status=pending")
    reason = order["not_paid_because"]
    return reason["message"] if reason else "Thank you, your order is paid."


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
