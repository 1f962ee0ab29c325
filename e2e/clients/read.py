# Reads from the simulator's API with Stripe's official library and prints what it got, as JSON.
# Arguments: the base URL, the ids to retrieve by kind as JSON, and how many calls are to be retried.
import json
import sys

import stripe

base, ids, retries = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])


def client(key):
    return stripe.StripeClient(key, base_addresses={"api": base}, max_network_retries=retries)


v1 = client("sk_test_python").v1
resources = {
    "payment_intent": v1.payment_intents,
    "charge": v1.charges,
    "checkout.session": v1.checkout.sessions,
    "invoice": v1.invoices,
    "subscription": v1.subscriptions,
    "refund": v1.refunds,
    "dispute": v1.disputes,
}
objects = {}
for kind, id in ids.items():
    found = resources[kind].retrieve(id)
    objects[kind] = {"id": found.id, "object": found.object, "status": found["status"], "created": found.created}


def all(found):
    return [item.id for item in found.auto_paging_iter()]


def failure(call):
    try:
        call()
        return "none"
    except stripe.StripeError as error:
        name = "Stripe" + type(error).__name__
        return f"{name} {error.http_status} {error.code or 'undefined'} {error.request_id[:4]}"


print(
    json.dumps(
        {
            "objects": objects,
            "events": all(v1.events.list({"limit": 2})),
            "refunded": all(v1.events.list({"types": ["charge.refunded", "refund.created"]})),
            "sessions": all(v1.checkout.sessions.list({"payment_intent": ids["payment_intent"]})),
            "subscriptions": all(v1.subscriptions.list({"status": "all", "limit": 1})),
            "lines": all(v1.invoices.line_items.list(ids["invoice"], {"limit": 1})),
            "transactions": all(v1.balance_transactions.list({"limit": 3})),
            "endpoints": all(v1.webhook_endpoints.list()),
            "misversioned": failure(lambda: v1.events.list(options={"stripe_version": "latest"})),
            "missing": failure(lambda: v1.payment_intents.retrieve("pi_none")),
            "refused": failure(lambda: client("none").v1.events.list()),
        }
    )
)
