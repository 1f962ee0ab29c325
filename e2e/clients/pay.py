# Has localstripe, a Stripe that nobody here wrote, take payments, with Stripe's official library. Prints the ids as JSON.
# Arguments: localstripe's base URL.
import json
import sys

import stripe

v1 = stripe.StripeClient("sk_test_python", base_addresses={"api": sys.argv[1]}).v1
customer = v1.customers.create({"email": "anna@example.com"})
card = v1.payment_methods.create(
    {"type": "card", "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}}
)
v1.payment_methods.attach(card.id, {"customer": customer.id})
v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": card.id}})
paid = v1.payment_intents.create(
    {
        "amount": 1999,
        "currency": "usd",
        "customer": customer.id,
        "payment_method": card.id,
        "confirm": True,
        "metadata": {"orderId": "from-localstripe"},
    }
)
product = v1.products.create({"name": "Tea every month", "type": "service"})
plan = v1.plans.create({"id": "tea", "amount": 999, "currency": "usd", "interval": "month", "product": product.id})
subscription = v1.subscriptions.create({"customer": customer.id, "items": [{"plan": plan.id}]})
v1.subscriptions.cancel(subscription.id)
print(json.dumps({"customer": customer.id, "payment_intent": paid.id, "subscription": subscription.id}))
