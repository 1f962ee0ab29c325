//! Hides e-mail addresses, names, addresses and card details from those whose role may not see them. Pure. Hides too
//! much rather than too little. [`for_role`] is the border: whatever a viewer is shown goes through it.

mod members;
mod rows;
mod text;

use serde_json::Value;

use self::members::{is_personal, keeps_its_name, snake_case};
use crate::common::role::Role;

pub(crate) use rows::Masked;
pub(crate) use rows::masked_members;
pub(crate) use text::text;

const HIDDEN: &str = "•••";

/// What the role may see of it.
pub(crate) fn for_role<T: Masked>(mut found: T, role: Role) -> T {
    if !role.sees_personal_data() {
        found.mask();
    }
    found
}

/// Whether something in the text is hidden: it leads nowhere then.
pub(crate) fn hides(text: &str) -> bool {
    text.contains(HIDDEN)
}

/// The value with everything personal hidden.
pub(crate) fn masked(value: &Value) -> Value {
    mask(value, &FieldContext::default())
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, Default)]
struct FieldContext<'a> {
    /// The member that holds it, as words.
    holder: &'a str,
    /// Within what a shop's customers typed into fields of the shop's own.
    values: bool,
}

fn mask(value: &Value, context: &FieldContext<'_>) -> Value {
    match value {
        Value::Object(members) => {
            let kind = members.get("object").and_then(Value::as_str).unwrap_or_default();
            let hides = |key: &str, inner: &Value| match key {
                "name" => !keeps_its_name(kind, context.holder),
                "value" => context.values || kind == "tax_id" || context.holder == "tax_ids",
                "default_value" => context.values,
                // Beside a field's `text` in words stands its `text` with a value.
                "text" => context.values && inner.is_string(),
                _ => is_personal(key),
            };
            let masked = members.iter().map(|(key, inner)| {
                let holder = snake_case(key);
                let values = context.values || holder == "custom_fields";
                let inside = FieldContext { holder: &holder, values };
                (text(key), if hides(&holder, inner) { hidden(inner) } else { mask(inner, &inside) })
            });
            Value::Object(masked.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| mask(item, context)).collect()),
        Value::String(inner) => Value::String(text(inner)),
        Value::Number(number) if text::is_card_number(&number.to_string()) => {
            Value::String(HIDDEN.to_owned())
        }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::masked;

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
    fn people_are_hidden_wherever_a_payment_method_names_them() {
        let object = json!({
            "payment_method_details": {
                "paypal": {"payer_email": "x", "payer_id": "Anna1", "payer_name": "Anna2", "transaction_id": "8AB"},
                "cashapp": {"buyer_id": "Anna3", "cashtag": "$Anna4"},
                "us_bank_account": {"account_holder": {"name": "Anna5"}, "bank_name": "STRIPE TEST BANK"},
                "klarna": {"payer_details": {"address": {"country": "Anna6"}}},
                "card": {"wallet": {"masterpass": {"name": "Anna7", "shipping_address": {"city": "Anna8"}}}}
            },
            "customer_details": {"business_name": "Anna9", "individual_name": "Anna10", "tax_exempt": "none",
                "tax_ids": [{"type": "eu_vat", "value": "Anna11"}]},
            "mandate_data": {"customer_acceptance": {"online": {"ip_address": "Anna12", "user_agent": "Anna13"}}},
            "custom_fields": [{"key": "engraving", "label": {"custom": "Engraving", "type": "custom"}, "type": "text",
                "text": {"default_value": null, "maximum_length": 20, "value": "Anna14"}},
                {"key": "size", "type": "dropdown", "dropdown": {"value": "Anna15"}},
                {"name": "PO number", "value": "Anna16"}],
            "registered": {"object": "tax_id", "type": "ch_vat", "value": "Anna17", "verification": {"verified_name": "Anna18"}},
            "metadata": {"name": "Anna19", "customerName": "Anna20", "Ship-To Address": "Anna21", "contact.phone": "Anna22",
                "buyer_email": "Anna23", "cart": "cart_77", "product_name": "Shoe", "campaign": "spring"},
            "previous_attributes": {"name": "Anna24"},
            "receipt_url": "https://pay.stripe.com/receipts/Anna25", "client_secret": "Anna26"
        });
        let shown = masked(&object).to_string();
        assert!(!shown.contains("Anna"), "{shown}");
        for plain in [
            "8AB",
            "STRIPE TEST BANK",
            "none",
            "eu_vat",
            "Engraving",
            "engraving",
            "PO number",
            "ch_vat",
            "cart_77",
            "Shoe",
            "spring",
        ] {
            assert!(shown.contains(plain), "{plain}: {shown}");
        }
    }

    #[test]
    fn a_product_keeps_its_name_and_a_customer_does_not() {
        for named in [
            json!({"object": "product", "name": "Shoe"}),
            json!({"price_data": {"product_data": {"name": "Shoe"}}}),
            json!({"object": "coupon", "name": "Shoe", "metadata": {"sku": "1"}}),
            json!({"marketing_features": [{"name": "Shoe"}], "statement_descriptor": "Shoe"}),
        ] {
            assert_eq!(masked(&named), named);
        }
        assert_ne!(masked(&json!({"object": "customer", "name": "Anna"}))["name"], "Anna");
        assert_ne!(masked(&json!({"shipping": {"name": "Anna"}}))["shipping"]["name"], "Anna");
    }
}
