//! Who may deliver, how often, and that nobody can take the ingress away from Stripe.

use crate::harness::{Gate, PATH, event, signature, signed, until};
use crate::http::{self, Http, head, post};
use futures_util::{StreamExt, stream};
use ipnet::IpNet;

fn networks(list: &[&str]) -> Vec<IpNet> {
    list.iter().map(|net| net.parse().expect("a network")).collect()
}

/// A signed event that a proxy passes on for `client`.
fn forwarded(client: &str, id: &str) -> Vec<u8> {
    let body = event(id, "x");
    post(PATH, &[("stripe-signature", &signature(&body)), ("x-forwarded-for", client)], &body)
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_refused_even_with_a_signature() {
    let gate = Gate::start_with(|settings| settings.guard.allow = Some(networks(&["192.0.2.0/24"]))).await;
    let response = gate.deliver(&event("evt_1", "x")).await;
    assert_eq!((response.status, response.code().as_str()), (403, "address_not_allowed"));
    // Nobody is believed about an address unless it is a trusted proxy.
    assert_eq!(http::exchange(gate.address, &forwarded("192.0.2.1", "evt_1")).await.status, 403);
    gate.stop().await;

    let gate = Gate::start_with(|settings| {
        settings.guard.allow = Some(networks(&["192.0.2.0/24"]));
        settings.guard.proxies = networks(&["127.0.0.0/8"]);
    })
    .await;
    assert_eq!(http::exchange(gate.address, &forwarded("192.0.2.1", "evt_1")).await.status, 200);
    assert_eq!(
        http::exchange(gate.address, &forwarded("192.0.2.1, 198.51.100.1", "evt_2")).await.status,
        403
    );
    assert_eq!(gate.get("/health/ready").await.status, 200);
    gate.stop().await;
}

#[tokio::test]
async fn a_client_that_comes_too_often_is_sent_away_for_a_while_and_others_are_not() {
    let gate = Gate::start_with(|settings| {
        settings.guard.rate = "2".parse().ok();
        settings.guard.proxies = networks(&["127.0.0.0/8"]);
    })
    .await;
    let mut limited = None;
    for n in 0..100 {
        let response = http::exchange(gate.address, &forwarded("192.0.2.1", &format!("evt_{n}"))).await;
        if response.status != 200 {
            limited = Some(response);
            break;
        }
    }
    let limited = limited.expect("more than two a second are too many");
    assert_eq!((limited.status, limited.code().as_str()), (429, "rate_limited"));
    assert!(limited.headers["retry-after"].parse::<u64>().is_ok_and(|seconds| seconds >= 1), "{limited:?}");
    assert_eq!(http::exchange(gate.address, &forwarded("192.0.2.2", "evt_other")).await.status, 200);
    gate.stop().await;
}

#[tokio::test]
async fn a_connection_is_closed_after_any_answer_but_that_to_a_delivered_event() {
    let gate = Gate::start().await;
    let body = event("evt_1", "x");
    let get = |path| [head("GET", path, &[]), b"\r\n".to_vec()].concat();
    let requests =
        [get("/health/live"), get("/nothing"), get(PATH), post(PATH, &[], &body), signed(PATH, b"not JSON")];
    for request in requests {
        let mut http = Http::connect(gate.address).await;
        // A delivered event keeps the connection for the next request.
        for _ in 0..2 {
            http.send(&signed(PATH, &body)).await;
            assert_eq!(http.response().await.status, 200);
        }
        http.send(&request).await;
        let response = http.response().await;
        assert_eq!(response.headers.get("connection").map(String::as_str), Some("close"), "{response:?}");
        assert!(http.is_closed().await);
    }
    gate.stop().await;
}

#[tokio::test]
async fn strangers_that_hold_every_slot_do_not_keep_an_event_waiting() {
    let gate = Gate::start_with(|settings| settings.max_connections = 64).await;
    let mut regular = Http::connect(gate.address).await;
    regular.send(&signed(PATH, &event("evt_first", "x"))).await;
    assert_eq!(regular.response().await.status, 200);
    let mut strangers = Vec::new();
    for n in 0..300 {
        let mut http = Http::connect(gate.address).await;
        let sent: Vec<u8> = match n % 3 {
            0 => Vec::new(),
            1 => b"POST /webhooks/str".to_vec(),
            _ => [head("POST", PATH, &[("content-length", "100")]), b"\r\n{".to_vec()].concat(),
        };
        http.try_send(&sent).await;
        strangers.push(http);
    }
    assert_eq!(gate.deliver(&event("evt_1", "x")).await.status, 200);
    // Who has delivered before is not who makes room.
    regular.send(&signed(PATH, &event("evt_2", "x"))).await;
    assert_eq!(regular.response().await.status, 200);
    // All but those in the 62 slots beside the two that deliver. Which they are is not the order in which they
    // connected: each of the server's threads admits its own.
    let closed = strangers.iter_mut().map(Http::is_closed);
    let closed: Vec<bool> = stream::iter(closed).buffer_unordered(300).take(300 - 62).collect().await;
    assert!(closed.iter().all(|closed| *closed), "strangers keep their connections");
    gate.stop().await;
}

#[tokio::test]
async fn one_address_cannot_have_more_than_its_share() {
    let gate = Gate::start_with(|settings| settings.max_connections_per_address = 8).await;
    let mut strangers = Vec::new();
    for _ in 0..20 {
        strangers.push(Http::connect(gate.address).await);
    }
    let closed = strangers.iter_mut().map(Http::is_closed);
    let closed: Vec<bool> = stream::iter(closed).buffer_unordered(20).take(20 - 8).collect().await;
    assert!(closed.iter().all(|closed| *closed), "one address keeps more than its share");
    until("an event is accepted", async || gate.deliver(&event("evt_1", "x")).await.status == 200).await;
    gate.stop().await;
}
