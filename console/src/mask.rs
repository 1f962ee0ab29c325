//! Hides e-mail addresses, names, addresses and card details in an event's body from those whose role
//! may not see them. Pure. Hides too much rather than too little.

use serde_json::Value;

const HIDDEN: &str = "•••";

/// Members whose value is personal, wherever they stand.
const PERSONAL: [&str; 40] = [
    "account_holder_name",
    "account_number",
    "address",
    "birthdate",
    "cardholder_name",
    "customer_address",
    "customer_email",
    "customer_name",
    "customer_phone",
    "customer_purchase_ip",
    "customer_signature",
    "customer_tax_ids",
    "cvc",
    "dob",
    "dynamic_last4",
    "email",
    "email_address",
    "exp_month",
    "exp_year",
    "first_name",
    "full_name",
    "generated_sepa_debit",
    "iban",
    "iban_last4",
    "iin",
    "individual_name",
    "last4",
    "last_name",
    "line1",
    "line2",
    "name_on_card",
    "phone",
    "phone_number",
    "postal_code",
    "receipt_email",
    "recipient",
    "routing_number",
    "shipping_address",
    "sort_code",
    "verified_name",
];
/// Objects in which `name` is a person's.
const NAMED: [&str; 14] = [
    "billing_details",
    "shipping",
    "shipping_details",
    "customer_details",
    "owner",
    "individual",
    "customer",
    "card",
    "collected_information",
    "customer_shipping",
    "verified_outputs",
    "evidence",
    "recipient_details",
    "person",
];

/// The value with everything personal hidden.
pub fn masked(value: &Value) -> Value {
    mask(value, false)
}

fn mask(value: &Value, person: bool) -> Value {
    match value {
        Value::Object(members) => {
            let person =
                person || members.get("object").and_then(Value::as_str).is_some_and(|o| NAMED.contains(&o));
            let masked = members.iter().map(|(key, inner)| {
                let lower = key.to_ascii_lowercase();
                let hide = PERSONAL.contains(&lower.as_str()) || (person && lower == "name");
                let inner = if hide { hidden(inner) } else { mask(inner, NAMED.contains(&lower.as_str())) };
                (text(key), inner)
            });
            Value::Object(masked.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| mask(item, person)).collect()),
        Value::String(inner) => Value::String(text(inner)),
        Value::Number(number) if is_card_number(&number.to_string()) => Value::String(HIDDEN.to_owned()),
        other => other.clone(),
    }
}

/// Keeps what says that there is nothing.
fn hidden(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Object(members) => Value::Object(members.iter().map(|(k, v)| (text(k), hidden(v))).collect()),
        Value::Array(items) => Value::Array(items.iter().map(hidden).collect()),
        _ => Value::String(HIDDEN.to_owned()),
    }
}

/// A text with e-mail addresses and card numbers hidden, wherever they stand in it.
pub fn text(text: &str) -> String {
    let card = is_card_number(text) || runs_of_digits(text).any(|run| is_card_number(&run));
    if card {
        return HIDDEN.to_owned();
    }
    if !text.contains('@') {
        return text.to_owned();
    }
    let parts = text.split_inclusive(|c: char| c.is_whitespace() || "<>\"'(),;".contains(c));
    parts.map(|part| if looks_like_email(part) { with_its_end(part) } else { part.to_owned() }).collect()
}

fn looks_like_email(part: &str) -> bool {
    part.split_once('@')
        .is_some_and(|(before, after)| !before.is_empty() && after.chars().any(char::is_alphanumeric))
}

fn with_its_end(part: &str) -> String {
    let end: String =
        part.chars().rev().take_while(|c| c.is_whitespace() || "<>\"'(),;".contains(*c)).collect();
    format!("{HIDDEN}{}", end.chars().rev().collect::<String>())
}

/// Runs of digits with single blanks or dashes between, as cards show them.
fn runs_of_digits(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !(c.is_ascii_digit() || c == ' ' || c == '-')).map(str::to_owned)
}

/// 13 to 19 digits that pass the check that every card number passes.
fn is_card_number(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let only = text.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '-');
    if !only || !(13..=19).contains(&digits.len()) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| match (i % 2, d * 2) {
            (0, _) => *d,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{masked, text};

    #[test]
    fn personal_data_is_hidden_and_the_rest_stays() {
        let event = json!({
            "id": "evt_1", "type": "charge.succeeded",
            "data": {"object": {
                "id": "ch_1", "object": "charge", "amount": 1999, "receipt_email": "anna@example.com",
                "billing_details": {"name": "Anna Muster", "email": "anna@example.com", "phone": null,
                    "address": {"line1": "Weg 1", "city": "Bern", "country": "CH"}},
                "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242", "exp_year": 2030}},
                "description": "for anna@example.com, order A-1",
                "metadata": {"orderId": "A-1", "card": "4242 4242 4242 4242", "anna@example.com": "x"}
            }, "previous_attributes": {"receipt_email": "old@example.com"}}
        });
        let shown = masked(&event).to_string();
        for personal in ["anna", "Anna", "Muster", "Weg", "Bern", "4242", "2030", "old@"] {
            assert!(!shown.contains(personal), "{personal}: {shown}");
        }
        for plain in ["evt_1", "ch_1", "1999", "visa", "A-1", "charge.succeeded", "null"] {
            assert!(shown.contains(plain), "{plain}: {shown}");
        }
    }

    #[test]
    fn a_product_keeps_its_name_and_a_customer_does_not() {
        assert_eq!(masked(&json!({"object": "product", "name": "Shoe"}))["name"], "Shoe");
        assert_ne!(masked(&json!({"object": "customer", "name": "Anna"}))["name"], "Anna");
        assert_ne!(masked(&json!({"shipping": {"name": "Anna"}}))["shipping"]["name"], "Anna");
    }

    #[test]
    fn a_text_keeps_what_is_around_an_address() {
        assert_eq!(text("mail to <a.b@c.de>, twice"), "mail to <•••>, twice");
        assert_eq!(text("evt_1 @ noon"), "evt_1 @ noon");
        assert_eq!(text("1790000000"), "1790000000");
        assert_eq!(text("4111-1111-1111-1111"), "•••");
    }
}
