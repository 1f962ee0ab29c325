# Signs a body with Stripe's official library, posts it, and reads it back with the signature that we make. Prints, as
# JSON, the status of the answer and the id that was read.
# Arguments: the URL, the secret, the body, and our signature of it.
import json
import sys

import requests
import stripe

url, secret, payload, ours = sys.argv[1:]
header = stripe.WebhookSignature.generate_signature_header(payload, secret)
answer = requests.post(url, data=payload.encode(), headers={"Stripe-Signature": header}, timeout=30)
event = stripe.StripeClient("sk_test_python").construct_event(payload, ours, secret)
print(json.dumps({"status": answer.status_code, "read": event.id}))
