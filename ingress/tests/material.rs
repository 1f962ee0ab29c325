//! Every signature case of the material that the libraries agree on, over HTTP.
//!
//! Not part of `make test`: it needs the folder that SLUICEGATE_STRIPE_MATERIAL names.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "gate/harness.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod harness;
#[path = "gate/http.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod http;

use harness::{Gate, PATH};
use http::{exchange, head};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use std::sync::Arc;

/// The material's e-mail addresses were replaced after these cases were signed. This is the one that
/// was signed.
const ADDRESS: (&str, &str) = ("person@example.com", "test@stripe.com");

#[tokio::test]
async fn every_signature_case_is_judged_over_http_as_the_libraries_judge_it() {
    let folder =
        std::env::var("SLUICEGATE_STRIPE_MATERIAL").expect("SLUICEGATE_STRIPE_MATERIAL names a folder");
    let text = std::fs::read_to_string(format!("{folder}/signature_cases.json")).expect("the cases");
    let cases: Value = serde_json::from_str(&text).expect("JSON");
    let mut judged = 0;
    for case in cases["cases"].as_array().expect("a list of cases") {
        let Some(expected) = case["expect"].as_str() else { continue };
        let code = answer(case).await;
        // A good signature over what is not an event ends at the next check.
        let accepted = code == "received" || code == "malformed_event";
        assert_eq!(accepted, expected == "ok", "{}: {code}", case["name"]);
        judged += 1;
    }
    assert!(judged > 40, "only {judged} cases");
}

async fn answer(case: &Value) -> String {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let secrets = case["secrets"].as_array().expect("secrets").iter();
    let secrets: Vec<_> = secrets.map(|secret| SecretString::from(text(secret))).collect();
    let now = Timestamp::from_second(case["now"].as_i64().expect("a clock")).expect("a time");
    let tolerance = case["tolerance"].as_u64().expect("a tolerance");
    let gate = Gate::start_with(|settings| {
        settings.secrets = secrets;
        settings.tolerance = tolerance;
        settings.clock = Arc::new(move || now);
    })
    .await;
    let body = text(&case["payload"]).replace(ADDRESS.0, ADDRESS.1);
    let mut request = head("POST", PATH, &[]);
    request.extend(b"stripe-signature: ");
    request.extend(text(&case["header"]).bytes());
    request.extend(format!("\r\ncontent-length: {}\r\n\r\n{body}", body.len()).bytes());
    let response = exchange(gate.address, &request).await;
    let code = if response.status == 200 { "received".to_owned() } else { response.code() };
    gate.stop().await;
    code
}
