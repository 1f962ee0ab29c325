// Signs a body with Stripe's official library, posts it, and reads it back with the signature that we make. Prints, as
// JSON, the status of the answer and the id that was read.
// Arguments: the URL, the secret, the body, and our signature of it.
import Stripe from "stripe";

const [url, secret, payload, ours] = process.argv.slice(2);
const stripe = new Stripe("sk_test_node");
const header = stripe.webhooks.generateTestHeaderString({ payload, secret });
const answer = await fetch(url, { method: "POST", body: payload, headers: { "Stripe-Signature": header } });
console.log(JSON.stringify({ status: answer.status, read: stripe.webhooks.constructEvent(payload, ours, secret).id }));
