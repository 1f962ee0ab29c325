use serde_json::json;

use super::*;

fn keys(object: &Value) -> Option<ObjectKeys> {
    of_event(json!({"id": "evt_1", "livemode": true, "data": {"object": object}}).to_string().as_bytes())
}

#[test]
fn a_charge_leads_to_its_payment_by_address_name_and_digits() {
    // As in https://docs.stripe.com/api/charges/object.
    let found = keys(&json!({
        "id": "ch_1", "object": "charge", "payment_intent": "pi_1", "receipt_email": null,
        "billing_details": {"name": "Anna  Muster", "email": "Anna@Example.com", "address": {"city": "Bern"}},
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}},
        "statement_descriptor": "4444", "metadata": {"email": "shop@example.com"}
    }))
    .unwrap();
    assert_eq!((found.object_id.as_str(), found.livemode), ("pi_1", true));
    let expected = [
        PersonalKey::Email("anna@example.com".into()),
        PersonalKey::NameWord("anna".into()),
        PersonalKey::NameWord("muster".into()),
        PersonalKey::Last4("4242".into()),
    ];
    assert_eq!(found.keys, BTreeSet::from(expected));
}

#[test]
fn a_customers_own_name_counts_and_a_products_does_not() {
    let customer =
        keys(&json!({"id": "cus_1", "object": "customer", "name": "Anna", "email": "a@b.ch"})).unwrap();
    assert!(customer.keys.contains(&PersonalKey::NameWord("anna".into())));
    assert_eq!(keys(&json!({"id": "prod_1", "object": "product", "name": "Shoe"})), None);
    let invoice =
        keys(&json!({"id": "in_1", "object": "invoice", "payment_intent": "pi_1", "customer_name": "Anna",
        "lines": {"data": [{"price": {"product": {"name": "Shoe"}}}]}}))
        .unwrap();
    assert_eq!((invoice.object_id.as_str(), invoice.keys.len()), ("in_1", 1));
}

#[test]
fn a_hash_depends_on_the_secret_and_on_what_it_is_of() {
    let (one, other) = (SecretString::from("one"), SecretString::from("other"));
    let email = PersonalKey::email(" Anna@Example.com ").unwrap();
    assert_eq!(email.hash(&one), PersonalKey::Email("anna@example.com".into()).hash(&one));
    assert_ne!(email.hash(&one), email.hash(&other));
    assert_ne!(PersonalKey::NameWord("4242".into()).hash(&one), PersonalKey::Last4("4242".into()).hash(&one));
    assert_ne!(secret_mark(&one), secret_mark(&other));
}

#[test]
fn any_body_is_accepted() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"data":{"object":[1]}}"#,
        r#"{"data":{"object":{"id":7,"email":"a@b"}}}"#,
    ] {
        assert_eq!(of_event(body.as_bytes()), None, "{body}");
        assert_eq!(invoice_number(body.as_bytes()), None, "{body}");
    }
    let invoice = br#"{"data":{"object":{"object":"invoice","id":"in_1","number":"SHOP-7"}}}"#;
    assert_eq!(invoice_number(invoice), Some(("in_1".into(), "SHOP-7".into())));
}
