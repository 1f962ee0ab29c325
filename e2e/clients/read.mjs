// Reads from the simulator's API with Stripe's official library and prints what it got, as JSON.
// Arguments: the base URL, the ids to retrieve by kind as JSON, and how many calls are to be retried.
import Stripe from "stripe";

const [base, idsText, retries] = process.argv.slice(2);
const { hostname, port } = new URL(base);
const options = { host: hostname, port, protocol: "http", maxNetworkRetries: Number(retries), timeout: 3000, telemetry: false };
const stripe = new Stripe("sk_test_node", options);
const ids = JSON.parse(idsText);

const resources = {
  payment_intent: stripe.paymentIntents,
  charge: stripe.charges,
  "checkout.session": stripe.checkout.sessions,
  invoice: stripe.invoices,
  subscription: stripe.subscriptions,
  refund: stripe.refunds,
  dispute: stripe.disputes,
};
const objects = {};
for (const [kind, id] of Object.entries(ids)) {
  const found = await resources[kind].retrieve(id);
  objects[kind] = { id: found.id, object: found.object, status: found.status, created: found.created };
}

async function all(list) {
  const found = [];
  for await (const object of list) found.push(object.id);
  return found;
}

async function failure(call) {
  try {
    await call();
    return "none";
  } catch (error) {
    return `${error.type} ${error.statusCode} ${error.code} ${error.requestId?.slice(0, 4)}`;
  }
}

console.log(
  JSON.stringify({
    objects,
    events: await all(stripe.events.list({ limit: 2 })),
    refunded: await all(stripe.events.list({ types: ["charge.refunded", "refund.created"] })),
    sessions: await all(stripe.checkout.sessions.list({ payment_intent: ids.payment_intent })),
    subscriptions: await all(stripe.subscriptions.list({ status: "all", limit: 1 })),
    lines: await all(stripe.invoices.listLineItems(ids.invoice, { limit: 1 })),
    transactions: await all(stripe.balanceTransactions.list({ limit: 3 })),
    endpoints: await all(stripe.webhookEndpoints.list()),
    misversioned: await failure(() => stripe.events.list({}, { apiVersion: "latest" })),
    missing: await failure(() => stripe.paymentIntents.retrieve("pi_none")),
    refused: await failure(() => new Stripe("none", options).events.list()),
  }),
);
