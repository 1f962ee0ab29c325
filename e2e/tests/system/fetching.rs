//! What events leave out is fetched from Stripe: the objects of thin events, those in doubt, and lines beyond ten.

use e2e::{Program, System, eventually};
use serde_json::{Value, json};
use simulator::histories::{self, History, Kind};
use simulator::stripe_api::{ApiServer, Fault};

use crate::histories::must_be_as_expected;

async fn with_stripe(stripe: &ApiServer) -> System {
    let system = System::new().await.with("STRIPE_API_BASE", &stripe.url()).with("STRIPE_API_RATE", "1000");
    system.with("STRIPE_API_KEY", "sk_test_of_the_tests").with("RETRY_SCHEDULE", "100ms,200ms,400ms")
}

/// The thin event that says the same as a snapshot event
/// (<https://docs.stripe.com/event-destinations#thin-events>).
fn thin(snapshot: &[u8]) -> Vec<u8> {
    let snapshot: Value = serde_json::from_slice(snapshot).unwrap();
    let (id, kind) = (snapshot["id"].as_str().unwrap(), snapshot["type"].as_str().unwrap());
    let created = jiff::Timestamp::from_second(snapshot["created"].as_i64().unwrap()).unwrap();
    let object = &snapshot["data"]["object"];
    let related = json!({"id": object["id"], "type": object["object"], "url": "/v1/some/path"});
    let thin = json!({"id": format!("{id}_thin"), "object": "v2.core.event", "type": format!("v1.{kind}"),
        "created": created.to_string(), "livemode": false, "context": null, "related_object": related,
        "snapshot_event": id});
    thin.to_string().into_bytes()
}

/// How often each object was asked for.
fn asked(stripe: &ApiServer, path: &str) -> usize {
    stripe.requests().iter().filter(|request| request.path == path && request.status == 200).count()
}

#[tokio::test]
async fn thin_events_end_in_the_same_rows_as_snapshots_and_both_of_one_change_take_effect_once() {
    let stripe = ApiServer::open().await.unwrap();
    let system = with_stripe(&stripe).await;
    let kinds = [Kind::Card, Kind::Direct, Kind::Expired, Kind::Retries, Kind::Retries, Kind::Retries];
    let written: Vec<History> =
        kinds.into_iter().zip(40..).map(|(kind, index)| histories::write(40, index, &[kind])).collect();
    written.iter().for_each(|history| stripe.add_history(history));
    let ingress = system.start(Program::Ingress).await;
    let mut client = system.client(&ingress);
    let bodies: Vec<Vec<u8>> =
        written.iter().flat_map(|h| &h.events).map(|event| thin(&event.body)).collect();
    // They wait for the worker, so that it takes many at once.
    system.deliver(&mut client, bodies.iter().map(Vec::as_slice)).await;
    stripe.fail_next(1, Fault::ServerError);
    stripe.fail_next(1, Fault::CutOff);
    stripe.fail_next(1, Fault::RateLimited { retry_after: Some(1) });
    let _worker = system.start(Program::FulfillmentWorker).await;
    system.until_done(bodies.len()).await;
    must_be_as_expected(&system, &written).await;
    let fetched = stripe.requests().iter().filter(|request| request.status == 200).count();
    assert!(fetched < bodies.len(), "{fetched} for {} events: each object once for a batch", bodies.len());

    let processed = system.counts().await;
    let snapshots = written.iter().flat_map(|history| &history.events).map(|event| event.body.as_slice());
    system.deliver(&mut client, snapshots).await;
    let queues = system.queues().await;
    eventually("the snapshots are settled", async || queues.state("fulfillment").await.0 == 0).await;
    assert_eq!(system.counts().await, processed, "the same ids");
    must_be_as_expected(&system, &written).await;
}

#[tokio::test]
async fn a_thin_event_whose_object_is_not_to_be_had_is_a_dead_letter_that_can_be_replayed() {
    let stripe = ApiServer::open().await.unwrap();
    let system = with_stripe(&stripe).await;
    let history = histories::write(41, 0, &[Kind::Direct]);
    let paid = history.events.iter().find(|event| event.kind == "payment_intent.succeeded").unwrap();
    let ingress = system.start(Program::Ingress).await;
    let _worker = system.start(Program::FulfillmentWorker).await;
    let _console = system.start(Program::Console).await;
    system.deliver(&mut system.client(&ingress), [thin(&paid.body).as_slice()]).await;
    let dead = "SELECT count(*) FROM dead_letters WHERE state = 'open' AND reason = 'fetch_failed'";
    eventually("it is a dead letter", async || system.number(dead).await == 1).await;
    stripe.add_history(&history);
    system.sluicegate(&["dead", "replay", "1", "--reason", "it is there now"]);
    system.until_done(1).await;
    assert_eq!(system.text("SELECT status FROM orders").await, "paid");
    assert_eq!(
        system.text("SELECT id || ' ' || type FROM events").await,
        format!("{} v1.{}", paid.id, paid.kind)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_a_thin_event_waits_as_a_dead_letter_until_there_is_one() {
    let stripe = ApiServer::open().await.unwrap();
    let system = with_stripe(&stripe).await.with("STRIPE_API_KEY", "");
    let history = histories::write(42, 0, &[Kind::Direct]);
    stripe.add_history(&history);
    let paid = history.events.iter().find(|event| event.kind == "payment_intent.succeeded").unwrap();
    let ingress = system.start(Program::Ingress).await;
    let worker = system.start(Program::FulfillmentWorker).await;
    let _console = system.start(Program::Console).await;
    system.deliver(&mut system.client(&ingress), [thin(&paid.body).as_slice()]).await;
    let dead = "SELECT count(*) FROM dead_letters WHERE state = 'open' AND reason = 'needs_api_key'";
    eventually("it is a dead letter", async || system.number(dead).await == 1).await;
    let preview = |system: &System| -> Value {
        serde_json::from_str(&system.sluicegate(&["dead", "preview", "1", "--json"])).unwrap()
    };
    let without = preview(&system);
    assert_eq!(without["disposition"], "dead", "{without}");
    assert!(without["error"].as_str().unwrap().contains("must be fetched with STRIPE_API_KEY"), "{without}");
    assert!(stripe.requests().is_empty());
    drop(worker);
    let system = system.with("STRIPE_API_KEY", "sk_test_of_the_tests");
    let with = preview(&system);
    assert_eq!((&with["disposition"], &with["error"]), (&json!("processed"), &Value::Null), "{with}");
    let order = with["rows"].as_array().unwrap().iter().find(|row| row["table"] == "orders").unwrap();
    assert_eq!(order["after"]["status"], "paid", "what the fetched object would do");
    assert_eq!(system.number("SELECT count(*) FROM orders").await, 0, "a preview writes nothing");
    let _worker = system.start(Program::FulfillmentWorker).await;
    system.sluicegate(&["dead", "replay", "1", "--reason", "there is a key"]);
    system.until_done(1).await;
    assert_eq!(system.text("SELECT status FROM orders").await, "paid");
}

#[tokio::test]
async fn an_event_that_stripe_failed_to_make_is_made_up_for() {
    let stripe = ApiServer::open().await.unwrap();
    let system = with_stripe(&stripe).await;
    let history = histories::write(43, 0, &[Kind::Direct]);
    let intent = history.events.iter().find(|event| event.kind == "payment_intent.succeeded").unwrap();
    history.events.iter().for_each(|event| stripe.add_state(&event.body));
    let id = serde_json::from_slice::<Value>(&intent.body).unwrap()["data"]["object"]["id"].clone();
    let kind = "v2.core.health.event_generation_failure.resolved";
    let resolved = json!({"id": "evt_health_1", "object": "v2.core.event", "type": kind, "livemode": false,
        "created": "2026-11-28T12:00:00.000Z", "context": null});
    let mut whole = resolved.clone();
    whole["data"] = json!({"alert_id": "alert_1", "grouping_key": "g", "summary": "s", "impact":
        {"event_type": "payment_intent.succeeded", "related_object": {"id": id, "type": "payment_intent",
            "url": "/v1/payment_intents/x"}}});
    stripe.put("", &whole, 0);
    let ingress = system.start(Program::Ingress).await;
    let _worker = system.start(Program::FulfillmentWorker).await;
    system.deliver(&mut system.client(&ingress), [resolved.to_string().as_bytes()]).await;
    system.until_done(1).await;
    assert_eq!(system.text("SELECT status FROM orders").await, "paid");
    assert_eq!(
        system.text("SELECT id || ' ' || type FROM events").await,
        "evt_health_1 payment_intent.succeeded"
    );
}

const SECOND: i64 = 1_790_900_000;

fn subscription(status: &str, quantity: i64) -> Value {
    json!({"id": "sub_1", "object": "subscription", "status": status, "customer": "cus_1", "created": SECOND - 50,
        "livemode": false, "cancel_at_period_end": false, "current_period_start": SECOND,
        "current_period_end": SECOND + 2_592_000, "metadata": {}, "items": {"object": "list", "data": [
            {"id": "si_1", "object": "subscription_item", "quantity": quantity, "price": {"id": "price_1"}}]}})
}

fn event(id: &str, kind: &str, created: i64, object: &Value, previous: Option<Value>) -> Vec<u8> {
    let mut event = json!({"id": id, "object": "event", "type": kind, "created": created, "livemode": false,
        "api_version": "2024-06-20", "request": {"id": null}, "data": {"object": object}});
    if let Some(previous) = previous {
        event["data"]["previous_attributes"] = previous;
    }
    event.to_string().into_bytes()
}

#[tokio::test]
async fn an_object_whose_events_prove_nothing_is_fetched_once_and_the_doubt_is_gone() {
    let stripe = ApiServer::open().await.unwrap();
    let system = with_stripe(&stripe).await;
    let items = |quantity| json!({"items": subscription("active", quantity)["items"]});
    // Two changes of one second, and between them one that is missing.
    let steps = [
        event("evt_1", "customer.subscription.created", SECOND - 50, &subscription("active", 1), None),
        event("evt_4", "customer.subscription.updated", SECOND, &subscription("active", 2), Some(items(1))),
        event("evt_2", "customer.subscription.updated", SECOND, &subscription("past_due", 3), Some(items(4))),
    ];
    let missing = event(
        "evt_3",
        "customer.subscription.updated",
        SECOND,
        &subscription("past_due", 4),
        Some(json!({})),
    );
    for body in [&steps[0], &steps[2], &missing, &steps[1]] {
        stripe.add_state(body);
    }
    stripe.fail_next(2, Fault::ServerError);
    let ingress = system.start(Program::Ingress).await;
    let _workers =
        [system.start(Program::SubscriptionWorker).await, system.start(Program::FulfillmentWorker).await];
    let mut client = system.client(&ingress);
    system.deliver(&mut client, steps.iter().map(Vec::as_slice)).await;
    system.until_done(3).await;
    assert_eq!(system.number("SELECT count(*) FROM subscriptions WHERE ambiguous").await, 1);
    assert_eq!(system.number("SELECT count(*) FROM object_fetches").await, 1, "one for all of its events");
    eventually("the doubt is gone", async || {
        system.number("SELECT count(*) FROM subscriptions WHERE ambiguous").await == 0
    })
    .await;
    assert_eq!(system.text("SELECT status FROM subscriptions").await, "active", "as Stripe shows it");
    assert_eq!(asked(&stripe, "/v1/subscriptions/sub_1"), 1);
    let versions: Vec<_> = stripe.requests().into_iter().filter_map(|request| request.version).collect();
    assert!(
        versions.iter().all(|version| version == "2024-06-20"),
        "in the shape of its events: {versions:?}"
    );
    eventually("nothing is left to fetch", async || {
        system.number("SELECT count(*) FROM object_fetches").await == 0
    })
    .await;

    // The missing event comes after all, and an older one; a newer one counts.
    let newer = event(
        "evt_5",
        "customer.subscription.updated",
        jiff::Timestamp::now().as_second() + 3600,
        &subscription("past_due", 2),
        Some(json!({"status": "active"})),
    );
    system.deliver(&mut client, [missing.as_slice()]).await;
    system.until_done(5).await;
    assert_eq!(system.text("SELECT status FROM subscriptions").await, "active");
    system.deliver(&mut client, [newer.as_slice()]).await;
    system.until_done(6).await;
    assert_eq!(system.text("SELECT status FROM subscriptions").await, "past_due");
}

#[tokio::test]
async fn an_invoice_of_many_lines_is_paid_through_what_the_hidden_ones_say() {
    let stripe = ApiServer::open().await.unwrap();
    let system = with_stripe(&stripe).await;
    let line = |number: i64, kind: &str, end: i64| {
        json!({"id": format!("il_{number}"), "object": "line_item",
        "amount": 100, "proration": kind == "invoiceitem", "type": kind, "subscription": "sub_1",
        "subscription_item": "si_1", "period": {"start": SECOND, "end": end}})
    };
    let shown: Vec<Value> = (0..10).map(|n| line(n, "invoiceitem", SECOND + 86_400)).collect();
    let invoice = json!({"id": "in_1", "object": "invoice", "status": "paid", "customer": "cus_1", "created": SECOND,
        "subscription": "sub_1", "billing_reason": "subscription_cycle", "amount_due": 1100, "amount_paid": 1100,
        "currency": "usd", "livemode": false, "paid": true, "paid_out_of_band": false,
        "lines": {"object": "list", "data": shown, "has_more": true, "total_count": 11}});
    let paid_through = SECOND + 20 * 86_400;
    stripe.more_lines("in_1", vec![line(10, "subscription", paid_through)]);
    let bodies = [
        event("evt_1", "customer.subscription.created", SECOND - 50, &subscription("active", 1), None),
        event("evt_2", "invoice.paid", SECOND, &invoice, None),
        event("evt_3", "invoice.payment_succeeded", SECOND, &invoice, None),
    ];
    bodies.iter().for_each(|body| stripe.add_event(body));
    let ingress = system.start(Program::Ingress).await;
    let _worker = system.start(Program::SubscriptionWorker).await;
    system.deliver(&mut system.client(&ingress), bodies.iter().map(Vec::as_slice)).await;
    system.until_done(3).await;
    let through = "SELECT extract(epoch FROM paid_through)::bigint FROM subscriptions";
    assert_eq!(
        system.number(through).await,
        SECOND + 2_592_000,
        "its current period, while the lines are unknown"
    );
    eventually("the lines are read", async || system.number(through).await == paid_through).await;
    assert_eq!(asked(&stripe, "/v1/invoices/in_1"), 1);
    assert_eq!(
        system.number("SELECT count(*) FROM outbox WHERE topic = 'subscription.payment_succeeded'").await,
        1
    );
}

/// A payment of an order that was registered, with the metadata that names it.
fn paid_intent(id: &str, order: &str, amount: i64) -> Value {
    json!({"id": id, "object": "payment_intent", "status": "succeeded", "amount": amount, "amount_received": amount,
        "currency": "usd", "created": SECOND, "livemode": false, "latest_charge": null, "customer": null,
        "metadata": {"orderId": order}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_payment_is_asked_for_once_and_counts_where_its_session_explains_the_amount() {
    let stripe = ApiServer::open().await.unwrap();
    let system = with_stripe(&stripe).await;
    for order in ["discounted", "wrong"] {
        system.sluicegate(&[
            "orders",
            "create",
            "--id",
            order,
            "--customer",
            "c-1",
            "--amount",
            "2000",
            "--currency",
            "usd",
        ]);
    }
    let bodies = [("pi_1", "discounted"), ("pi_2", "wrong")].map(|(id, order)| {
        event(&format!("evt_{id}"), "payment_intent.succeeded", SECOND, &paid_intent(id, order, 1500), None)
    });
    bodies.iter().for_each(|body| stripe.add_event(body));
    // Its webhook never comes. A quarter was taken off.
    let session = json!({"id": "cs_1", "object": "checkout.session", "mode": "payment", "status": "complete",
        "payment_status": "paid", "payment_intent": "pi_1", "amount_subtotal": 2000, "amount_total": 1500,
        "currency": "usd", "created": SECOND - 60, "livemode": false, "metadata": {"orderId": "discounted"},
        "total_details": {"amount_discount": 500, "amount_shipping": 0, "amount_tax": 0}});
    stripe.put("", &session, SECOND);
    let ingress = system.start(Program::Ingress).await;
    let _worker = system.start(Program::FulfillmentWorker).await;
    let mut client = system.client(&ingress);
    system.deliver(&mut client, bodies.iter().map(Vec::as_slice)).await;
    system.until_done(2).await;
    let held = "SELECT count(*) FROM payments WHERE held_reason = 'amount_mismatch'";
    assert_eq!(system.number(held).await, 2);
    let paid = "SELECT count(*) FROM orders WHERE id = 'discounted' AND status = 'paid'";
    eventually("the session explains the amount", async || system.number(paid).await == 1).await;
    let left = "SELECT count(*) FROM object_fetches";
    eventually("nothing is left to ask for", async || system.number(left).await == 0).await;
    let asked_of = |intent: &str| {
        let of = |request: &&simulator::stripe_api::Request| {
            request.path == "/v1/checkout/sessions"
                && request.params.contains(&("payment_intent".to_owned(), intent.to_owned()))
        };
        stripe.requests().iter().filter(of).count()
    };
    assert_eq!((asked_of("pi_1"), asked_of("pi_2")), (1, 1));
    let open = "SELECT count(*) FROM cases WHERE state = 'open' AND payment_id = 'pi_2'";
    assert_eq!(system.number(open).await, 1, "what nothing explains stays a case for staff");

    // What comes later does not ask again.
    eventually("the answer is taken in", async || {
        system.number("SELECT count(*) FROM events WHERE type = 'payment_intent.fetched'").await == 2
    })
    .await;
    let again =
        event("evt_again", "payment_intent.succeeded", SECOND + 5, &paid_intent("pi_2", "wrong", 1500), None);
    system.deliver(&mut client, [again.as_slice()]).await;
    let taken = "SELECT count(*) FROM events WHERE id = 'evt_again' AND outcome = 'processed'";
    eventually("it is processed", async || system.number(taken).await == 1).await;
    assert_eq!(system.number(left).await, 0);
}
