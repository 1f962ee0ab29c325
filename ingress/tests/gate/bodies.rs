//! Bodies that are too large, too slow, endless, compressed or too many.

use crate::harness::{Gate, PATH, event, signature, signed, until};
use crate::http::{self, Http, head};
use std::time::Duration;

const LIMIT: usize = 64 * 1024;
/// The body `{"id":"evt_gz","type":"x","created":1700000000}`, compressed by gzip, in hexadecimal.
const GZIPPED: &str = "1f8b0800000000000203ab56ca4c51b2524a2d2b894faf52d2512aa92c4805f22b80cce4a2d4c49254a0aca1b90114d40200\
    ac15a5262f000000";

/// An event of exactly `size` bytes.
fn event_of(size: usize) -> Vec<u8> {
    let mut body = event("evt_sized", "x");
    let padding = size - body.len();
    body.truncate(body.len() - 1);
    body.extend(std::iter::repeat_n(b' ', padding));
    body.push(b'}');
    body
}

#[tokio::test]
async fn a_body_of_the_limit_is_accepted() {
    let gate = Gate::start().await;
    assert_eq!(gate.deliver(&event_of(LIMIT)).await.status, 200);
    assert_eq!(gate.deliver(&event_of(LIMIT + 1)).await.code(), "body_too_large");
    gate.stop().await;
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_refused_before_it_is_sent() {
    let gate = Gate::start().await;
    for length in [(LIMIT + 1).to_string(), "99999999999".to_owned(), u64::MAX.to_string()] {
        let request = [head("POST", PATH, &[("content-length", &length)]), b"\r\n".to_vec()].concat();
        let mut http = Http::connect(gate.address).await;
        http.send(&request).await;
        let response = http.response().await;
        assert_eq!((response.status, response.code().as_str()), (413, "body_too_large"), "{length}");
    }
    gate.stop().await;
}

#[tokio::test]
async fn an_endless_chunked_body_is_refused_and_its_connection_closed() {
    let gate = Gate::start().await;
    let mut http = Http::connect(gate.address).await;
    http.send(&[head("POST", PATH, &[("transfer-encoding", "chunked")]), b"\r\n".to_vec()].concat()).await;
    let chunk = [&b"1000\r\n"[..], &[b'a'; 0x1000], b"\r\n"].concat();
    for _ in 0..=LIMIT / 0x1000 {
        http.send(&chunk).await;
    }
    assert_eq!(http.response().await.code(), "body_too_large");
    // It never stops sending; the other side must stop listening.
    let sending = async { while http.try_send(&chunk).await {} };
    tokio::time::timeout(http::DEADLINE, sending).await.expect("the connection is closed");
    gate.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_timed_out() {
    let gate = Gate::start_with(|settings| settings.body_timeout = Duration::from_millis(300)).await;
    let body = event("evt_slow", "x");
    let announced = [("content-length", "1000"), ("stripe-signature", &signature(&body))];
    for framing in [&announced[..], &[("transfer-encoding", "chunked")]] {
        let mut http = Http::connect(gate.address).await;
        http.send(&[head("POST", PATH, framing), b"\r\n".to_vec()].concat()).await;
        let response = http.response().await;
        assert_eq!((response.status, response.code().as_str()), (408, "body_timeout"), "{framing:?}");
        assert!(http.is_closed().await);
    }
    gate.stop().await;
}

#[tokio::test]
async fn a_body_that_trickles_is_timed_out_as_a_whole() {
    let gate = Gate::start_with(|settings| settings.body_timeout = Duration::from_millis(500)).await;
    let mut http = Http::connect(gate.address).await;
    http.send(&[head("POST", PATH, &[("content-length", "60000")]), b"\r\n".to_vec()].concat()).await;
    // A byte now and then, each well within the time-out; it ends when the other side ends it.
    let trickle = async {
        while http.try_send(b" ").await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(http::DEADLINE, trickle).await.expect("the connection is closed");
    gate.stop().await;
}

#[tokio::test]
async fn a_body_that_ends_early_leaves_nothing_behind() {
    let gate = Gate::start_with(|settings| settings.max_in_flight = LIMIT).await;
    for _ in 0..5 {
        let mut http = Http::connect(gate.address).await;
        let head = head("POST", PATH, &[("content-length", "60000")]);
        http.send(&[head, b"\r\n".to_vec(), vec![b' '; 50_000]].concat()).await;
    }
    // The whole budget is free again, or this would be refused.
    until("the memory is released", async || gate.deliver(&event_of(LIMIT)).await.status == 200).await;
    gate.stop().await;
}

#[tokio::test]
async fn bodies_are_refused_when_together_they_take_too_much_memory() {
    let gate = Gate::start_with(|settings| settings.max_in_flight = LIMIT).await;
    let unfinished = async || {
        let mut http = Http::connect(gate.address).await;
        let head = head("POST", PATH, &[("content-length", "60000")]);
        http.send(&[head, b"\r\n".to_vec(), vec![b' '; 50_000]].concat()).await;
        http
    };
    // The budget allows one of them, whichever comes first; both wait for their last bytes.
    let (mut one, mut other) = tokio::join!(unfinished(), unfinished());
    let response = tokio::select! {
        response = one.response() => response,
        response = other.response() => response,
    };
    assert_eq!((response.status, response.code().as_str()), (503, "overloaded"));
    assert!(response.headers.contains_key("retry-after"));
    drop((one, other));
    until("memory is free again", async || gate.deliver(&event_of(LIMIT / 2)).await.status == 200).await;
    gate.stop().await;
}

#[tokio::test]
async fn a_compressed_body_is_never_unpacked() {
    let gate = Gate::start().await;
    let packed = hex::decode(GZIPPED).unwrap();
    let headers = [("content-encoding", "gzip"), ("stripe-signature", &signature(&packed))];
    let response = http::exchange(gate.address, &http::post(PATH, &headers, &packed)).await;
    assert_eq!((response.status, response.code().as_str()), (400, "malformed_event"));
    // Nor does the header change what a plain body is.
    let body = event("evt_plain", "x");
    let headers = [("content-encoding", "gzip"), ("stripe-signature", &signature(&body))];
    assert_eq!(http::exchange(gate.address, &http::post(PATH, &headers, &body)).await.status, 200);
    gate.stop().await;
}

#[tokio::test]
async fn expecting_a_continue_gets_one() {
    let gate = Gate::start().await;
    let body = event("evt_1", "x");
    let request = signed(PATH, &body);
    let text = String::from_utf8(request).unwrap().replacen("host:", "expect: 100-continue\r\nhost:", 1);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut http = Http::connect(gate.address).await;
    http.send(format!("{head}\r\n\r\n").as_bytes()).await;
    assert_eq!(http.response().await.status, 100);
    http.send(body.as_bytes()).await;
    assert_eq!(http.response().await.status, 200);
    gate.stop().await;
}
