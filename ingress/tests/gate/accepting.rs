//! What is accepted, and how it arrives in the queues.

use crate::harness::{Gate, PATH, SECRET, event, message_id, signature, signed};
use crate::http::{self, Http, head, post};
use amqp::message::EventHeaders;
use amqp::topology::Queue;
use jiff::Timestamp;
use secrecy::SecretString;

#[tokio::test]
async fn a_signed_event_is_in_the_queue_byte_for_byte_when_200_is_answered() {
    let gate = Gate::start().await;
    let channel = gate.channel().await;
    let body =
        "{ \"id\": \"evt_bytes\",\r\n\t\"type\":\"checkout.session.completed\", \"created\":1700000000,\
                \"caf\\u00e9\":\"caf\u{e9} \u{1f600}\", \"n\": 1.0e+2 }\n"
            .as_bytes();
    let before = Timestamp::now().as_millisecond();
    let response = gate.deliver(body).await;
    assert_eq!((response.status, response.body.as_str()), (200, r#"{"received":true}"#));
    assert_eq!(response.headers["content-type"], "application/json");

    let delivery = gate.take(&channel, Queue::Fulfillment).await.expect("it is there at once");
    assert_eq!(delivery.data, body);
    assert_eq!(message_id(&delivery), "evt_bytes");
    assert_eq!(delivery.routing_key.as_str(), "checkout.session.completed");
    let properties = &delivery.properties;
    assert_eq!(properties.kind().as_ref().map(|kind| kind.as_str()), Some("checkout.session.completed"));
    assert_eq!(properties.content_type().as_ref().map(|kind| kind.as_str()), Some("application/json"));
    assert_eq!(*properties.delivery_mode(), Some(2));
    let table = properties.headers().clone().expect("headers");
    let headers = EventHeaders::from_table(&table, Timestamp::UNIX_EPOCH);
    assert_eq!((headers.attempt, headers.endpoint.clone()), (0, None));
    let received = headers.received_at.as_millisecond();
    assert!(before <= received && received <= Timestamp::now().as_millisecond(), "{headers:?}");
    gate.stop().await;
}

#[tokio::test]
async fn each_type_goes_to_the_queue_of_its_worker() {
    let gate = Gate::start().await;
    let channel = gate.channel().await;
    for (queue, kinds) in [
        (
            Queue::Fulfillment,
            &["checkout.session.completed", "charge.succeeded", "customer.created", "new.kind", "x"][..],
        ),
        (
            Queue::Subscription,
            &["customer.subscription.created", "invoice.paid", "invoice_payment.paid", "invoice.a.b"],
        ),
        (
            Queue::Refund,
            &["charge.refunded", "charge.refund.updated", "refund.failed", "charge.dispute.funds_withdrawn"],
        ),
    ] {
        for kind in kinds {
            assert_eq!(gate.deliver(&event(kind, kind)).await.status, 200);
            assert_eq!(message_id(&gate.next(&channel, queue).await), *kind);
        }
    }
    for queue in Queue::ALL {
        assert!(gate.take(&channel, queue).await.is_none(), "{queue:?} holds what it should not");
    }
    gate.stop().await;
}

#[tokio::test]
async fn a_named_endpoint_has_its_own_secret_and_names_itself_in_the_message() {
    let gate = Gate::start_with(|settings| {
        settings.endpoints.insert("acme_eu".to_owned(), vec![SecretString::from("whsec_acme")]);
    })
    .await;
    let channel = gate.channel().await;
    let body = event("evt_1", "charge.succeeded");
    let acme = stripe::signature::sign(&body, "whsec_acme", Timestamp::now().as_second());
    let to = async |path: &str, signature: &str| {
        http::exchange(gate.address, &post(path, &[("Stripe-Signature", signature)], &body)).await
    };
    for path in ["/webhooks/stripe/acme_eu", "/webhooks/stripe/%61cme%5Feu", "/webhooks/stripe/acme_eu?x=1"] {
        assert_eq!(to(path, &acme).await.status, 200, "{path}");
        let delivery = gate.next(&channel, Queue::Fulfillment).await;
        let table = delivery.properties.headers().clone().expect("headers");
        let headers = EventHeaders::from_table(&table, Timestamp::now());
        assert_eq!(headers.endpoint.as_deref(), Some("acme_eu"));
    }
    assert_eq!(to("/webhooks/stripe/acme_eu", &signature(&body)).await.code(), "signature_mismatch");
    assert_eq!(to(PATH, &acme).await.code(), "signature_mismatch");
    gate.stop().await;
}

#[tokio::test]
async fn an_event_belongs_to_the_trace_of_its_request_or_to_a_new_one() {
    let gate = Gate::start().await;
    let channel = gate.channel().await;
    let body = event("evt_1", "charge.succeeded");
    let signature = signature(&body);
    let sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let trace = async |headers: &[&str]| {
        let traced = headers.iter().map(|value| ("traceparent", *value));
        let headers: Vec<_> =
            std::iter::once(("Stripe-Signature", signature.as_str())).chain(traced).collect();
        assert_eq!(http::exchange(gate.address, &post(PATH, &headers, &body)).await.status, 200);
        let table = gate.next(&channel, Queue::Fulfillment).await.properties.headers().clone();
        amqp::message::text(&table.expect("headers"), "traceparent").expect("a traceparent")
    };
    assert_eq!(trace(&[sent]).await, sent);
    let mut seen = std::collections::BTreeSet::from([sent.to_owned()]);
    // None, an invalid one, one that comes twice: each begins a trace of its own.
    let invalid = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
    for headers in [&[][..], &[invalid], &[sent, sent]] {
        let new = trace(headers).await;
        let shape: Vec<usize> = new.split('-').map(str::len).collect();
        assert_eq!(shape, [2, 32, 16, 2], "{new}");
        assert!(new != invalid && seen.insert(new), "{headers:?}");
    }
    gate.stop().await;
}

#[tokio::test]
async fn any_configured_secret_will_do_while_one_is_rolled() {
    let gate = Gate::start_with(|settings| settings.secrets.push(SecretString::from("whsec_new"))).await;
    let body = event("evt_1", "x");
    let now = Timestamp::now().as_second();
    for secret in [SECRET, "whsec_new"] {
        let header = stripe::signature::sign(&body, secret, now);
        let request = post(PATH, &[("stripe-signature", &header)], &body);
        assert_eq!(http::exchange(gate.address, &request).await.status, 200);
    }
    gate.stop().await;
}

#[tokio::test]
async fn a_repeated_signature_header_counts_as_one_joined_by_a_comma() {
    let gate = Gate::start().await;
    let body = event("evt_1", "x");
    let good = signature(&body);
    let timestamp = good.split(',').next().expect("a timestamp");
    let bad = format!("{timestamp},v1={}", "0".repeat(64));
    let (v1, name) = (good.split(',').nth(1).expect("a signature"), "stripe-signature");
    for headers in [
        [(name, good.as_str()), (name, &bad)],
        [(name, &bad), (name, &good)],
        [(name, timestamp), ("STRIPE-SIGNATURE", v1)],
    ] {
        let response = http::exchange(gate.address, &post(PATH, &headers, &body)).await;
        assert_eq!(response.status, 200, "{headers:?}");
    }
    let contradicting = post(PATH, &[(name, &good), (name, "t=1")], &body);
    assert_eq!(http::exchange(gate.address, &contradicting).await.code(), "malformed_signature");
    gate.stop().await;
}

#[tokio::test]
async fn a_chunked_body_is_put_together() {
    let gate = Gate::start().await;
    let channel = gate.channel().await;
    let body = event("evt_chunked", "x");
    let mut request =
        head("POST", PATH, &[("stripe-signature", &signature(&body)), ("transfer-encoding", "chunked")]);
    request.extend(b"\r\n");
    for chunk in body.chunks(7) {
        request.extend(format!("{:x};ext=1\r\n", chunk.len()).bytes());
        request.extend(chunk);
        request.extend(b"\r\n");
    }
    request.extend(b"0\r\n\r\n");
    assert_eq!(http::exchange(gate.address, &request).await.status, 200);
    assert_eq!(gate.next(&channel, Queue::Fulfillment).await.data, body);
    gate.stop().await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_their_order() {
    let gate = Gate::start().await;
    let mut http = Http::connect(gate.address).await;
    let mut requests = Vec::new();
    for n in 0..40 {
        requests.extend(signed(PATH, &event(&format!("evt_{n}"), "x")));
    }
    requests.extend(post(PATH, &[], &event("evt_40", "x")));
    http.send(&requests).await;
    for n in 0..40 {
        assert_eq!(http.response().await.status, 200, "answer {n}");
    }
    assert_eq!(http.response().await.status, 400);
    assert!(http.is_closed().await);
    gate.stop().await;
}

#[tokio::test]
async fn a_thin_event_and_an_event_with_a_byte_order_mark_are_accepted() {
    let gate = Gate::start().await;
    let thin = br#"{"id":"evt_thin","object":"v2.core.event","type":"v1.charge.refunded","created":"2026-01-01T00:00:00Z"}"#;
    assert_eq!(gate.deliver(thin).await.status, 200);
    assert_eq!(gate.deliver(&[b"\xef\xbb\xbf", &event("evt_bom", "x")[..]].concat()).await.status, 200);
    gate.stop().await;
}

#[tokio::test]
async fn many_at_once_all_arrive_once() {
    let gate = Gate::start().await;
    let channel = gate.channel().await;
    let posts = (0..64).map(async |connection| {
        let mut http = Http::connect(gate.address).await;
        for n in 0..20 {
            http.send(&signed(PATH, &event(&format!("evt_{connection}_{n}"), "x"))).await;
            assert_eq!(http.response().await.status, 200);
        }
    });
    futures_util::future::join_all(posts).await;
    let mut ids = gate.drain(&channel, Queue::Fulfillment).await;
    assert_eq!(ids.len(), 64 * 20);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 64 * 20);
    gate.stop().await;
}
