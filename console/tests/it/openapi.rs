use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::World;
use crate::http::Api;

/// The endpoints that outside programs hold on to.
const PROMISED: [&str; 36] = [
    "get /api/users",
    "post /api/users",
    "post /api/users/{name}/role",
    "post /api/users/{name}/{command}",
    "get /api/tokens",
    "post /api/tokens",
    "post /api/tokens/{id}/revoke",
    "post /api/dead-letters/{id}/preview",
    "get /api/overview",
    "get /api/events",
    "get /api/events/{id}",
    "post /api/events/{id}/replay",
    "get /api/dead-letters",
    "get /api/dead-letters/groups",
    "get /api/dead-letters/{id}",
    "post /api/dead-letters/{id}/replay",
    "post /api/dead-letters/{id}/discard",
    "post /api/dead-letters/replay",
    "post /api/dead-letters/replay/preview",
    "post /api/orders",
    "get /api/orders/{id}",
    "patch /api/orders/{id}",
    "get /api/orders",
    "get /api/subscriptions",
    "get /api/subscriptions/{id}",
    "get /api/messages",
    "get /api/messages/{id}",
    "post /api/messages/{id}/resend",
    "get /api/destinations",
    "post /api/destinations/{name}/resume",
    "get /api/queues",
    "get /api/rejections",
    "get /api/search",
    "get /api/audit",
    "get /api/jobs/{id}",
    "post /api/verify-payment",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_served_and_names_only_addresses_that_exist() {
    let world = World::new().await;
    let console = world.serve();
    let api = Api::new(&console.url, None);
    let document = api.ok("/api/openapi.json");
    let expected: Value = serde_json::to_value(console::openapi()).unwrap();
    assert_eq!(document, expected);
    let (mut operations, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations.insert(format!("{method} {path}"));
            let concrete = path.replace("{id}", "1").replace("{name}", "anna").replace("{command}", "pause");
            let (status, _, body) = api.send(&method.to_uppercase(), &concrete, &[], b"");
            assert_eq!(status, 401, "{method} {concrete}: {body}");
            assert!(operation["responses"]["401"].is_object(), "{method} {path} says nothing of tokens");
            assert!(operation["summary"].is_string(), "{method} {path}");
            assert!(ids.insert(operation["operationId"].to_string()), "{method} {path}: the id is taken");
        }
    }
    for promised in PROMISED {
        assert!(operations.contains(promised), "{promised} is missing");
    }
    references_resolve(&document, &document);
    enums_are_written_as_in_json(&document);
}

/// Names of variants as Rust writes them would be refused in requests, and are in no answer.
fn enums_are_written_as_in_json(value: &Value) {
    if let Some(Value::Array(names)) = value.get("enum") {
        for name in names.iter().filter_map(Value::as_str) {
            assert!(!name.contains(|c: char| c.is_ascii_uppercase()), "{name} in {value}");
        }
    }
    match value {
        Value::Object(members) => members.values().for_each(enums_are_written_as_in_json),
        Value::Array(items) => items.iter().for_each(enums_are_written_as_in_json),
        _ => {}
    }
}

fn references_resolve(value: &Value, document: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                let pointer = reference.strip_prefix('#').expect("a local reference");
                assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
            }
            members.values().for_each(|inner| references_resolve(inner, document));
        }
        Value::Array(items) => items.iter().for_each(|inner| references_resolve(inner, document)),
        _ => {}
    }
}
