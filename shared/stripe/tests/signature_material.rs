//! Every signature case of the material that the libraries agree on.
//!
//! Not part of `make test`: it needs the folder that SLUICEGATE_STRIPE_MATERIAL names.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use secrecy::SecretString;
use serde_json::Value;

/// The material's e-mail addresses were replaced after these cases were signed. This is the one that
/// was signed.
const ADDRESS: (&str, &str) = ("person@example.com", "test@stripe.com");

#[test]
fn every_signature_case_is_judged_as_the_libraries_judge_it() {
    let folder =
        std::env::var("SLUICEGATE_STRIPE_MATERIAL").expect("SLUICEGATE_STRIPE_MATERIAL names a folder");
    let text = std::fs::read_to_string(format!("{folder}/signature_cases.json")).expect("the cases");
    let cases: Value = serde_json::from_str(&text).expect("JSON");
    let mut judged = 0;
    for case in cases["cases"].as_array().expect("a list of cases") {
        let Some(expected) = case["expect"].as_str() else { continue };
        let result = verify(case);
        assert_eq!(result.is_ok(), expected == "ok", "{}: {result:?}", case["name"]);
        judged += 1;
    }
    assert!(judged > 40, "only {judged} cases");
}

fn verify(case: &Value) -> Result<(), stripe::signature::SignatureError> {
    let text = |name: &str| case[name].as_str().expect("text");
    let secrets = case["secrets"].as_array().expect("secrets").iter();
    let secrets: Vec<_> = secrets.map(|secret| SecretString::from(secret.as_str().expect("text"))).collect();
    let (now, tolerance) = (case["now"].as_i64().expect("a clock"), case["tolerance"].as_u64());
    let tolerance = tolerance.expect("a tolerance");
    let body = text("payload").replace(ADDRESS.0, ADDRESS.1);
    stripe::signature::verify(text("header"), body.as_bytes(), &secrets, now, tolerance)
}
