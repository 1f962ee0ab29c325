//! By which ids an event can be looked for.

use domain::references::references;
use serde_json::{Value, json};

fn of(object: &Value) -> Vec<String> {
    references(json!({ "id": "evt_1", "data": { "object": object } }).to_string().as_bytes())
}

#[test]
fn an_event_is_found_by_its_object_and_by_all_that_this_names() {
    let charge = json!({
        "id": "ch_1", "payment_intent": "pi_1", "customer": { "id": "cus_1", "object": "customer" }, "invoice": null,
        "balance_transaction": "txn_1", "metadata": { "orderId": "o1", "order_id": 17, "customerId": "42" },
        "amount": 5,
    });
    assert_eq!(of(&charge), ["17", "ch_1", "cus_1", "o1", "pi_1", "txn_1"]);
}

#[test]
fn ids_inside_an_invoice_a_payment_and_a_subscription_are_found() {
    let parent =
        json!({ "subscription_details": { "subscription": "sub_1", "metadata": { "orderId": "o1" } } });
    assert_eq!(of(&json!({ "id": "in_1", "parent": parent })), ["in_1", "o1", "sub_1"]);
    let payment = json!({ "type": "payment_intent", "payment_intent": "pi_1" });
    assert_eq!(
        of(&json!({ "id": "inpay_1", "invoice": "in_1", "payment": payment })),
        ["in_1", "inpay_1", "pi_1"]
    );
    assert_eq!(of(&json!({ "subscription_details": { "metadata": { "order_id": "o2" } } })), ["o2"]);
}

#[test]
fn the_account_and_the_object_of_a_thin_event_are_found() {
    let body = json!({ "account": "acct_1", "related_object": { "id": "ch_1", "type": "charge" } });
    assert_eq!(references(body.to_string().as_bytes()), ["acct_1", "ch_1"]);
}

#[test]
fn every_body_is_accepted_and_no_id_is_too_long_or_too_many_or_unstorable() {
    assert!(references(b"not json").is_empty() && references(b"[1]").is_empty());
    assert_eq!(
        of(&json!({ "id": "a\u{0}b", "customer": "", "charge": "ch_1", "invoice": "ch_1" })),
        ["ab", "ch_1"]
    );
    let (longest, longer) = ("x".repeat(255), "y".repeat(256));
    assert_eq!(of(&json!({ "id": longest, "charge": longer })), [longest]);
    let marked = [b"\xef\xbb\xbf".as_slice(), br#"{"account":"acct_1"}"#].concat();
    assert_eq!(references(&marked), ["acct_1"]);
    // More names than an event is stored with: fifteen in each of nine objects.
    let named = |place: &str| {
        let names = [
            "id",
            "payment_intent",
            "charge",
            "latest_charge",
            "customer",
            "invoice",
            "subscription",
            "refund",
            "dispute",
        ];
        let ids = names.iter().map(|name| ((*name).to_owned(), json!(format!("{place}_{name}"))));
        Value::Object(ids.collect())
    };
    let mut object = named("object");
    for nested in ["parent", "payment", "subscription_details", "payment_details"] {
        object[nested] = named(nested);
    }
    assert_eq!(of(&object).len(), 40);
}
