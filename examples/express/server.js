// A shop's backend: sends a customer to Stripe, greets them when they come back, and provisions subscriptions.
import express from "express";
import { Webhook } from "standardwebhooks";

const { CONSOLE_URL, SLUICEGATE_TOKEN, STRIPE_API_KEY, WEBHOOK_SECRET } = process.env;
const STRIPE_API_BASE = process.env.STRIPE_API_BASE ?? "https://api.stripe.com";
const webhook = new Webhook(WEBHOOK_SECRET);
const app = express();

async function sluicegate(path, options = {}) {
  const headers = { Authorization: `Bearer ${SLUICEGATE_TOKEN}`, "Content-Type": "application/json" };
  const answer = await fetch(CONSOLE_URL + path, { ...options, headers });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${body.error.code}: ${body.error.message}`);
  return body;
}

async function checkoutSession(order) {
  const names = { orderId: order.id, referenceCode: order.reference_code };
  const form = new URLSearchParams({
    mode: "payment",
    customer: order.customer,
    success_url: `https://shop.example/success?order=${encodeURIComponent(order.id)}`,
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": order.currency,
    "line_items[0][price_data][unit_amount]": String(order.amount),
    "line_items[0][price_data][product_data][name]": "A pair of shoes",
  });
  for (const [name, value] of Object.entries(names)) {
    form.set(`metadata[${name}]`, value);
    form.set(`payment_intent_data[metadata][${name}]`, value);
  }
  // The same session when the customer clicks twice.
  const headers = { Authorization: `Bearer ${STRIPE_API_KEY}`, "Idempotency-Key": `checkout-${order.id}` };
  const answer = await fetch(`${STRIPE_API_BASE}/v1/checkout/sessions`, { method: "POST", headers, body: form });
  if (!answer.ok) throw new Error(`Stripe answered ${answer.status}`);
  return answer.json();
}

app.post("/checkout", express.json(), async (request, response) => {
  // Yours: look these up. Never take an amount from the browser.
  const wanted = { id: request.body.order, customer: request.body.customer, amount: 1999, currency: "usd" };
  const order = await sluicegate("/api/orders", { method: "POST", body: JSON.stringify(wanted) });
  const session = await checkoutSession(order);
  response.redirect(303, session.url);
});

// Stripe sends the customer back here, often before the payment is known.
app.get("/success", async (request, response) => {
  const id = encodeURIComponent(request.query.order);
  const order = await sluicegate(`/api/orders/${id}?wait=20s&status=pending`);
  response.send(order.not_paid_because ? order.not_paid_because.message : "Thank you, your order is paid.");
});

// Yours: gives the customer access until data.period_end.
async function successful_subscription(data) {
  console.log(`provision ${data.subscription} for ${data.customer} until ${data.period_end}`);
}

// Delivery is at least once, so repeats are expected. Yours is a table with a unique (source, id), written in the
// transaction of what the message causes: this one forgets when the program ends.
const handled = new Set();

// The raw bytes: they are what is signed.
app.post("/webhooks/sluicegate", express.raw({ type: "application/cloudevents+json" }), async (request, response) => {
  try {
    webhook.verify(request.body, request.headers);
  } catch {
    return response.sendStatus(400);
  }
  const event = JSON.parse(request.body);
  const key = `${event.source} ${event.id}`;
  if (event.type === "subscription.payment_succeeded" && !handled.has(key)) {
    await successful_subscription(event.data);
  }
  handled.add(key);
  response.sendStatus(204); // after it is done: anything else is sent again
});

const port = Number(process.env.PORT ?? 5000);
app.listen(port, "127.0.0.1", () => console.log(`listening on ${port}`));
