//! What is refused, with which status and code. Nothing that is refused reaches a queue.

use crate::harness::{Gate, PATH, SECRET, event, signature, signed};
use crate::http::{self, head, post};
use amqp::topology::Queue;
use jiff::Timestamp;

#[tokio::test]
async fn a_request_that_stripe_did_not_sign_is_refused_by_its_code() {
    let gate = Gate::start().await;
    let channel = gate.channel().await;
    let body = event("evt_1", "x");
    let now = Timestamp::now().as_second();
    let sign = |secret, at| stripe::signature::sign(&body, secret, at);
    let cases = [
        (None, "missing_signature"),
        (Some(String::new()), "missing_signature"),
        (Some("nonsense".to_owned()), "malformed_signature"),
        (Some(format!("t={now}")), "malformed_signature"),
        (Some(sign("whsec_other", now)), "signature_mismatch"),
        (Some(sign(SECRET, now).replace(&now.to_string(), &(now - 1).to_string())), "signature_mismatch"),
        (Some(sign(SECRET, now - 400)), "timestamp_out_of_tolerance"),
    ];
    for (header, code) in cases {
        let headers: Vec<_> = header.iter().map(|header| ("stripe-signature", header.as_str())).collect();
        let response = http::exchange(gate.address, &post(PATH, &headers, &body)).await;
        assert_eq!((response.status, response.code().as_str()), (400, code), "{header:?}");
    }
    let other_body = post(PATH, &[("stripe-signature", &signature(&body))], &event("evt_2", "x"));
    assert_eq!(http::exchange(gate.address, &other_body).await.code(), "signature_mismatch");
    assert!(gate.drain(&channel, Queue::Fulfillment).await.is_empty());
    gate.stop().await;
}

#[tokio::test]
async fn a_signed_body_that_is_no_event_is_malformed() {
    let gate = Gate::start().await;
    let channel = gate.channel().await;
    let long = format!(r#"{{"id":"{}","type":"x","created":1}}"#, "e".repeat(256));
    let bodies: [&[u8]; 9] = [
        b"",
        b"this is not JSON",
        b"\xff\xfe{}",
        b"[]",
        b"null",
        b"{}",
        br#"{"id":"evt_1","type":"x","created":"soon"}"#,
        br#"{"id":"evt_1","type":"x","created":1} trailing"#,
        long.as_bytes(),
    ];
    for body in bodies {
        let response = gate.deliver(body).await;
        assert_eq!((response.status, response.code().as_str()), (400, "malformed_event"), "{body:?}");
    }
    assert!(gate.drain(&channel, Queue::Fulfillment).await.is_empty());
    gate.stop().await;
}

#[tokio::test]
async fn only_post_is_allowed_on_the_webhook_paths() {
    let gate = Gate::start().await;
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
        let request = [head(method, PATH, &[("connection", "close")]), b"\r\n".to_vec()].concat();
        let mut http = http::Http::connect(gate.address).await;
        http.send(&request).await;
        if method == "HEAD" {
            // An answer to HEAD has the length of a body that does not come.
            let text = http.raw().await;
            assert!(text.starts_with("HTTP/1.1 405") && text.contains("allow: POST"), "{text}");
            continue;
        }
        let response = http.response().await;
        assert_eq!((response.status, response.code().as_str()), (405, "method_not_allowed"), "{method}");
        assert_eq!(response.headers["allow"], "POST");
    }
    gate.stop().await;
}

#[tokio::test]
async fn unknown_paths_and_endpoints_are_not_found() {
    let gate = Gate::start().await;
    let body = event("evt_1", "x");
    for path in [
        "/",
        "/webhooks",
        "/webhooks/stripe/",
        "//webhooks/stripe",
        "/webhooks%2Fstripe",
        "/webhooks/stripe/acme/more",
        "/webhooks/../webhooks/stripe",
        "/metrics",
    ] {
        let response = http::exchange(gate.address, &signed(path, &body)).await;
        assert_eq!((response.status, response.code().as_str()), (404, "not_found"), "{path}");
    }
    for path in ["/webhooks/stripe/acme", "/webhooks/stripe/%ff%00", "/webhooks/stripe/..%2fx"] {
        let response = http::exchange(gate.address, &signed(path, &body)).await;
        assert_eq!((response.status, response.code().as_str()), (404, "unknown_endpoint"), "{path}");
    }
    let same_written_otherwise = http::exchange(gate.address, &signed("/webhooks/%73tripe", &body)).await;
    assert_eq!(same_written_otherwise.status, 200);
    gate.stop().await;
}

#[tokio::test]
async fn health_pages_are_for_reading() {
    let gate = Gate::start().await;
    assert_eq!(gate.get("/health/live").await.status, 200);
    assert_eq!(gate.get("/health/ready").await.status, 200);
    let response = http::exchange(gate.address, &post("/health/ready", &[], b"")).await;
    assert_eq!((response.status, response.code().as_str()), (405, "method_not_allowed"));
    assert_eq!(response.headers["allow"], "GET, HEAD");
    gate.stop().await;
}

#[tokio::test]
async fn a_request_that_is_not_http_is_a_bad_request() {
    let gate = Gate::start().await;
    for request in [
        "NONSENSE\r\n\r\n".to_owned(),
        format!("POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n"),
        format!("POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello"),
        format!(
            "POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nhello"
        ),
        format!("POST {PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
    ] {
        let response = http::exchange(gate.address, request.as_bytes()).await;
        assert_eq!(response.status, 400, "{request}");
    }
    gate.stop().await;
}
