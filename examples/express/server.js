// Receives Sluicegate's messages by signed HTTP and provisions subscriptions.
//
// Environment: WEBHOOK_SECRET, the same as OUT_WEBHOOK_SECRET; PORT.

import express from "express";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const port = Number(process.env.PORT ?? 5000);

// Delivery is at least once, so repeats are expected. Yours is a table with a unique (source, id), written in the
// transaction of what the message causes: this one forgets when the program ends.
const handled = new Set();

// Yours: gives the customer access until data.period_end.
async function successful_subscription(data) {
  console.log(`provision ${data.subscription} for ${data.customer} until ${data.period_end}`);
}

const app = express();

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

app.listen(port, "127.0.0.1", () => console.log(`listening on ${port}`));
