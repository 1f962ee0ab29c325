//! `POST /api/verify-payment` with the real programs and a Stripe that is asked.

use std::time::Duration;

use e2e::{Program, eventually};
use serde_json::json;
use simulator::histories::{self, History, Kind};
use simulator::stripe_api::Fault;

use crate::histories::must_be_as_expected;
use crate::integration::block;
use crate::shop::{Answer, Shop, id};

/// A history of a kind.
fn history(kind: Kind, index: u64) -> History {
    histories::write(21, index, &[kind])
}

#[tokio::test]
async fn what_stripe_calls_paid_is_recorded_once_and_late_webhooks_change_nothing() {
    let shop = Shop::open(&[]).await;
    let kinds = [Kind::Card, Kind::Direct, Kind::DelayedOk, Kind::ManualCapture, Kind::Retries];
    let written: Vec<History> =
        (0..12).zip(kinds.iter().cycle()).map(|(at, kind)| history(*kind, at)).collect();
    for history in &written {
        shop.stripe.add_history(history);
        let order = &history.expected_state.orders[0];
        let (intent, order) = (id(history, "payment_intent"), order.id.as_str());
        let answer = shop.verified(json!({"paymentIntentId": intent, "orderId": order})).await;
        assert_eq!((&answer["verified"], &answer["reasons"]), (&json!(true), &json!([])), "{answer}");
        let payment = &answer["payment"];
        assert_eq!((&payment["recorded"], &payment["status"]), (&json!(true), &json!("paid")));
        assert_eq!((&payment["order_id"], &payment["order_status"]), (&json!(order), &json!("paid")));
        let paid = format!("SELECT count(*) FROM outbox WHERE key = 'order.paid/{order}'");
        assert_eq!(shop.system.number(&paid).await, 1, "it is committed when the answer comes");
    }
    let audited = "SELECT count(*) FROM audit WHERE actor = 'token:backend' AND action = 'payment.verify' \
                   AND reason = 'verified' AND subject LIKE 'payment:pi_%'";
    assert_eq!(shop.system.number(audited).await, 12, "who asked, about which payment, and the answer");
    let rows = shop.rows().await;
    let events = shop.system.counts().await.processed;
    for history in &written {
        let asked = json!({"paymentIntentId": id(history, "payment_intent")});
        assert_eq!(shop.verified(asked).await["verified"], json!(true));
    }
    assert_eq!(shop.system.counts().await.processed, events, "what is recorded is not taken in again");

    let mut client = shop.system.client(&shop.programs[0]);
    let bodies = written.iter().flat_map(|history| &history.events).map(|event| event.body.as_slice());
    shop.system.deliver(&mut client, bodies).await;
    let late: usize = written.iter().map(|history| history.events.len()).sum();
    shop.system.until_done(usize::try_from(events).unwrap() + late).await;
    // Failed attempts beside the one that was asked about were not known before.
    let _worker = shop.system.start(Program::RefundWorker).await;
    must_be_as_expected(&shop.system, &written).await;
    let paid_once: Vec<&History> = written.iter().filter(|h| h.expected_state.payments.len() == 1).collect();
    assert!(paid_once.len() > 8, "most have one payment");
    assert_eq!(shop.rows().await, rows);
}

#[tokio::test]
async fn a_checkout_session_is_verified_too_and_one_that_costs_nothing_as_well() {
    let shop = Shop::open(&[]).await;
    for (kind, index) in [(Kind::Card, 1), (Kind::Free, 2)] {
        let history = history(kind, index);
        shop.stripe.add_history(&history);
        let order = &history.expected_state.orders[0].id;
        let session = id(&history, "checkout.session");
        let answer = shop.verified(json!({"checkoutSessionId": session, "orderId": order})).await;
        assert_eq!(
            (&answer["verified"], &answer["payment"]["recorded"]),
            (&json!(true), &json!(true)),
            "{answer}"
        );
    }
    let bought = history(Kind::Card, 1);
    let order = &bought.expected_state.orders[0].id;
    let page = block("Is this payment good?", "sh").replace("order_17", order);
    let mut shell = tokio::process::Command::new("bash");
    shell.args(["-eu", "-o", "pipefail", "-c", &page]).env("SLUICEGATE_TOKEN", &shop.token);
    shell.env("CONSOLE_URL", format!("http://{}", shop.programs[1].address()));
    let output = shell.env("SESSION", id(&bought, "checkout.session")).output().await.unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "good", "as the documentation has it");

    let subscription = history(Kind::Subscription, 3);
    if let Some(session) = subscription.events.iter().find(|event| event.kind.starts_with("checkout")) {
        shop.stripe.add_event(&session.body);
        let session = id(&subscription, "checkout.session");
        let (status, _, body) = shop.ask(json!({"checkoutSessionId": session})).await;
        assert_eq!((status, &body["error"]["code"]), (400, &json!("not_a_payment")));
    }
}

#[tokio::test]
async fn what_is_not_paid_is_not_verified_and_not_recorded() {
    let shop = Shop::open(&[]).await;
    let declined = history(Kind::Abandoned, 4);
    shop.stripe.add_history(&declined);
    let asked = || json!({"paymentIntentId": id(&declined, "payment_intent")});
    let failed = declined.events.iter().find(|event| event.kind == "payment_intent.payment_failed").unwrap();
    shop.stripe.set_now(Some(failed.created));
    let answer = shop.verified(asked()).await;
    assert_eq!((&answer["verified"], &answer["payment"]["recorded"]), (&json!(false), &json!(false)));
    assert_eq!(answer["reasons"], json!(["payment_failed"]));
    shop.stripe.set_now(None);
    assert_eq!(shop.verified(asked()).await["reasons"], json!(["checkout_expired"]));
    let held = history(Kind::Released, 5);
    shop.stripe.add_history(&held);
    let authorized = held.events.iter().find(|event| event.kind.ends_with("capturable_updated")).unwrap();
    shop.stripe.set_now(Some(authorized.created));
    let answer = shop.verified(json!({"paymentIntentId": id(&held, "payment_intent")})).await;
    assert_eq!(answer["reasons"], json!(["payment_authorized"]));
    assert!(shop.nothing_is_known().await);
}

#[tokio::test]
async fn a_payment_that_does_not_match_its_order_is_held_with_the_reason() {
    let shop = Shop::open(&[("REFERENCE_SECRET", "a secret of the company")]).await;
    let history = history(Kind::Card, 6);
    shop.stripe.add_history(&history);
    let (order, payment) = (&history.expected_state.orders[0].id, &history.expected_state.payments[0]);
    let asked = || json!({"paymentIntentId": id(&history, "payment_intent"), "orderId": order});
    shop.register(order, payment.amount + 1, payment.currency, &[]);
    let answer = shop.verified(asked()).await;
    assert_eq!((&answer["verified"], &answer["payment"]["recorded"]), (&json!(false), &json!(true)));
    assert_eq!(answer["reasons"], json!(["reference_code_mismatch"]), "no code is in its metadata");
    let held = "SELECT held_reason || ' ' || amount_paid FROM payments";
    assert_eq!(shop.system.text(held).await, format!("reference_code_mismatch {}", payment.amount));
    assert_eq!(shop.system.number("SELECT count(*) FROM cases WHERE state = 'open'").await, 1);
    let other = json!({"paymentIntentId": id(&history, "payment_intent"), "orderId": "another"});
    assert_eq!(shop.verified(other).await["reasons"], json!(["order_mismatch", "reference_code_mismatch"]));
}

#[tokio::test]
async fn amount_currency_customer_and_mode_are_those_of_the_registered_order() {
    let shop = Shop::open(&[]).await;
    for (index, reason) in [(7, "amount_mismatch"), (8, "currency_mismatch"), (9, "customer_mismatch")] {
        let history = history(Kind::Direct, index);
        shop.stripe.add_history(&history);
        let (order, payment) = (&history.expected_state.orders[0].id, &history.expected_state.payments[0]);
        let (amount, currency, customer): (i64, &str, &[&str]) = match reason {
            "amount_mismatch" => (payment.amount - 1, payment.currency, &[]),
            "currency_mismatch" => (payment.amount, "chf", &[]),
            _ => (payment.amount, payment.currency, &["--customer", "cus_another"]),
        };
        shop.register(order, amount, currency, customer);
        let asked = json!({"paymentIntentId": id(&history, "payment_intent"), "orderId": order});
        assert_eq!(shop.verified(asked).await["reasons"], json!([reason]));
    }
    let history = history(Kind::Direct, 10);
    shop.stripe.add_history(&history);
    let (order, payment) = (&history.expected_state.orders[0].id, &history.expected_state.payments[0]);
    let amount = payment.amount.to_string();
    let live = ["orders", "create", "--id", order, "--amount", &amount, "--currency", payment.currency];
    shop.system.sluicegate(&[&live[..], &["--mode", "live"]].concat());
    let asked = json!({"paymentIntentId": id(&history, "payment_intent"), "orderId": order});
    assert_eq!(
        shop.verified(asked).await["reasons"],
        json!(["mode_mismatch"]),
        "a test payment pays no live order"
    );
    let status = format!("SELECT status FROM orders WHERE id = '{order}' AND livemode");
    assert_eq!(shop.system.text(&status).await, "pending");
}

#[tokio::test]
async fn every_failure_of_stripe_has_its_own_answer() {
    let shop = Shop::open(&[]).await;
    let history = history(Kind::Card, 11);
    shop.stripe.add_history(&history);
    let asked = || json!({"paymentIntentId": id(&history, "payment_intent")});
    let code =
        |answer: &Answer| (answer.0, answer.2["error"]["code"].as_str().unwrap_or_default().to_owned());
    let refused = |status: u16, code: &str| (status, code.to_owned());

    for unknown in [json!({"paymentIntentId": "pi_none"}), json!({"checkoutSessionId": "cs_none"})] {
        assert_eq!(code(&shop.ask(unknown).await), refused(404, "not_found"));
    }
    let both = json!({"paymentIntentId": "pi_1", "checkoutSessionId": "cs_1"});
    assert_eq!(code(&shop.ask(both).await), refused(400, "invalid_body"));
    assert_eq!(code(&shop.ask(json!({})).await), refused(400, "invalid_body"));

    shop.stripe.fail_next(9, Fault::RateLimited { retry_after: Some(30) });
    let limited = shop.ask(asked()).await;
    assert_eq!((code(&limited), limited.1.as_deref()), (refused(429, "rate_limited"), Some("30")));
    for fault in [Fault::ServerError, Fault::CutOff] {
        shop.stripe.set_faults(Vec::new());
        shop.stripe.fail_next(9, fault);
        let unavailable = shop.ask(asked()).await;
        assert_eq!(code(&unavailable), refused(502, "stripe_unavailable"), "{fault:?}");
        assert!(unavailable.1.is_some(), "{fault:?}");
    }
    shop.stripe.set_faults(Vec::new());
    assert!(shop.nothing_is_known().await);

    // One that passes is outlived, and one that is slow is waited for.
    for fault in [Fault::ServerError, Fault::CutOff, Fault::Slow(Duration::from_millis(300))] {
        shop.stripe.fail_next(1, fault);
        assert_eq!(shop.verified(asked()).await["verified"], json!(true), "{fault:?}");
    }
    shop.stripe.set_key("sk_test_another");
    assert_eq!(code(&shop.ask(asked()).await), refused(502, "stripe_unauthorized"));
}

#[tokio::test]
async fn an_answer_from_before_the_payment_verifies_nothing_and_spoils_nothing() {
    let shop = Shop::open(&[]).await;
    let history = history(Kind::Direct, 12);
    shop.stripe.add_history(&history);
    let asked = || json!({"paymentIntentId": id(&history, "payment_intent")});
    let mut client = shop.system.client(&shop.programs[0]);
    shop.system.deliver(&mut client, history.events.iter().map(|event| event.body.as_slice())).await;
    shop.system.until_done(history.events.len()).await;
    let rows = shop.rows().await;
    shop.stripe.fail_next(3, Fault::Stale);
    assert_eq!(shop.verified(asked()).await["verified"], json!(true), "what the events prove stands");
    assert_eq!(shop.rows().await, rows);
}

#[tokio::test]
async fn without_workers_the_payment_is_verified_and_recorded_when_they_are_back() {
    let shop = Shop::with(&[], &[Program::Ingress, Program::Console]).await;
    let history = history(Kind::Card, 13);
    shop.stripe.add_history(&history);
    let answer = shop.verified(json!({"paymentIntentId": id(&history, "payment_intent")})).await;
    assert_eq!(
        (&answer["verified"], &answer["payment"]["recorded"]),
        (&json!(true), &json!(false)),
        "{answer}"
    );
    let _worker = shop.system.start(Program::FulfillmentWorker).await;
    eventually("the order is paid", async || {
        shop.system.number("SELECT count(*) FROM orders WHERE status = 'paid'").await == 1
    })
    .await;
}

#[tokio::test]
async fn without_a_key_nothing_is_asked() {
    let shop = Shop::open(&[("STRIPE_API_KEY", "")]).await;
    let answer = shop.ask(json!({"paymentIntentId": "pi_1"})).await;
    assert_eq!((answer.0, &answer.2["error"]["code"]), (501, &json!("no_api_key")));
    assert!(shop.stripe.requests().is_empty());
}
