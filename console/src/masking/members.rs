//! Which members of Stripe's objects, and of what shops add to them, are personal.

/// Members whose value is personal, wherever they stand; besides these all that end like [`ENDS`].
const PERSONAL: [&str; 61] = [
    "access_activity_log",
    "account_number",
    "address",
    "address_city",
    "address_kana",
    "address_kanji",
    "address_line1",
    "address_line2",
    "address_state",
    "address_zip",
    "birth_date",
    "birthdate",
    "birthday",
    "buyer_id",
    "cashtag",
    "client_ip",
    "client_secret",
    "customer_purchase_ip",
    "customer_signature",
    "customer_tax_ids",
    "cvc",
    "date_of_birth",
    "dob",
    "dynamic_last4",
    "e_mail",
    "email",
    "exp_month",
    "exp_year",
    "gender",
    "generated_sepa_debit",
    "hosted_invoice_url",
    "iban",
    "iban_last4",
    "id_number",
    "iin",
    "invoice_pdf",
    "ip",
    "last4",
    "line1",
    "line2",
    "mobile",
    "name_on_card",
    "nationality",
    "passport",
    "payer_id",
    "phone",
    "phone_number",
    "postal_code",
    // Who has the link sees the receipt, and who it is for.
    "receipt_url",
    "recipient",
    "routing_number",
    "sort_code",
    "ssn",
    "ssn_last4",
    "surname",
    "tax_id",
    "telephone",
    "uncategorized_text",
    "user_agent",
    "username",
    "zip",
];
const ENDS: [&str; 7] = ["_name", "_email", "_mail", "_phone", "_phone_number", "_address", "_ip"];
/// Names of things, not of people.
const THINGS: [&str; 17] = [
    "app_name",
    "application_name",
    "bank_name",
    "brand_name",
    "coupon_name",
    "display_name",
    "event_name",
    "feature_name",
    "file_name",
    "item_name",
    "network_name",
    "package_name",
    "plan_name",
    "price_name",
    "product_name",
    "shop_name",
    "store_name",
];
/// Objects whose `name` is a thing's.
const NAMED: [&str; 13] = [
    "application",
    "billing.meter",
    "coupon",
    "entitlements.feature",
    "item",
    "payment_method_configuration",
    "plan",
    "price",
    "product",
    "product_feature",
    "promotion_code",
    "shipping_rate",
    "tax_rate",
];
/// Members that hold a thing with a `name`.
const HOLDERS: [&str; 6] =
    ["custom_fields", "features", "marketing_features", "price_data", "product_data", "plan"];

/// A member's name as lower-case words with `_` between: shops write `customerName` and `Customer-Name`, too.
pub(super) fn snake_case(key: &str) -> String {
    let mut snake_case = String::with_capacity(key.len() + 2);
    let mut after_small = false;
    for c in key.chars() {
        if !c.is_alphanumeric() {
            snake_case.push('_');
        } else {
            if c.is_uppercase() && after_small {
                snake_case.push('_');
            }
            snake_case.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase() || c.is_numeric();
    }
    snake_case
}

/// Whether the value of a member is personal, by the member's name in [`words`].
pub(super) fn is_personal(key: &str) -> bool {
    PERSONAL.contains(&key) || (ENDS.iter().any(|end| key.ends_with(end)) && !THINGS.contains(&key))
}

/// Whether the `name` of such an object, or of what this member holds, is a thing's.
pub(super) fn keeps_its_name(object: &str, holder: &str) -> bool {
    NAMED.contains(&object) || (object.is_empty() && HOLDERS.contains(&holder))
}

#[cfg(test)]
mod tests {
    use super::{is_personal, snake_case};

    #[test]
    fn a_member_is_known_however_it_is_written() {
        assert_eq!(snake_case("customerName"), "customer_name");
        assert_eq!(snake_case("Customer-Name"), "customer_name");
        assert_eq!(snake_case("EMAIL"), "email");
        assert_eq!(snake_case("shipTo.address"), "ship_to_address");
        for plain in
            ["id", "orderId", "statement_descriptor", "address_line1_check", "cvc_check", "name_check"]
        {
            assert!(!is_personal(&snake_case(plain)), "{plain}");
        }
    }
}
