//! `checkout.session`.

use super::{Template, parse};
use crate::company::Company;
use crate::object::Object;

static TEMPLATE: Template = Template::new(|| {
    parse(
        r#"{"object":"checkout.session","adaptive_pricing":{"enabled":false},"after_expiration":null,
"allow_promotion_codes":null,"amount_subtotal":null,"amount_total":null,
"automatic_tax":{"enabled":false,"liability":null,"provider":null,"status":null},
"billing_address_collection":null,"cancel_url":"https://shop.example.com/cart","client_reference_id":null,
"client_secret":null,"collected_information":{"business_name":null,"individual_name":null,"shipping_details":null},
"consent":null,"consent_collection":null,"created":0,"currency":"usd","currency_conversion":null,"custom_fields":[],
"custom_text":{"after_submit":null,"shipping_address":null,"submit":null,"terms_of_service_acceptance":null},
"customer":null,"customer_account":null,"customer_creation":"if_required",
"customer_details":{"address":{"city":null,"country":"DE","line1":null,"line2":null,"postal_code":null,"state":null},
"business_name":null,"email":"person@example.com","individual_name":null,"name":"A Person","phone":null,
"tax_exempt":"none","tax_ids":[]},"customer_email":null,"discounts":[],"expires_at":0,"invoice":null,
"invoice_creation":{"enabled":false,"invoice_data":{"account_tax_ids":null,"custom_fields":null,"description":null,
"footer":null,"issuer":null,"metadata":{},"rendering_options":null}},"livemode":false,"locale":null,"metadata":{},
"mode":"payment","origin_context":null,"payment_intent":null,"payment_link":null,
"payment_method_collection":"if_required","payment_method_configuration_details":null,
"payment_method_options":{"card":{"request_three_d_secure":"automatic"}},"payment_method_types":["card"],
"payment_status":"unpaid","permissions":null,"phone_number_collection":{"enabled":false},"recovered_from":null,
"saved_payment_method_options":null,"setup_intent":null,"shipping_address_collection":null,"shipping_cost":null,
"shipping_details":null,"shipping_options":[],"status":"open","submit_type":null,"subscription":null,
"success_url":"https://shop.example.com/thanks","total_details":{"amount_discount":0,"amount_shipping":0,
"amount_tax":0},"ui_mode":"hosted","url":null,"wallet_options":null}"#,
    )
});

/// A session that was just opened for this amount.
pub(crate) fn session(company: &mut Company, amount: i64) -> Object {
    let id = company.ids.session();
    let version = company.version;
    let mut session = Object::new(&TEMPLATE);
    session
        .since(
            version,
            &[
                ("2023-08-16", &["payment_method_configuration_details"]),
                ("2023-10-16", &["client_secret", "ui_mode"]),
                ("2024-04-10", &["saved_payment_method_options"]),
                ("2024-11-20", &["adaptive_pricing"]),
                ("2025-02-24", &["discounts"]),
                ("2025-03-31", &["collected_information", "permissions"]),
                ("2025-07-30", &["origin_context", "wallet_options"]),
                ("2025-12-15", &["customer_account"]),
            ],
        )
        .set("url", format!("https://checkout.stripe.com/c/pay/{id}"))
        .set("id", id)
        .set("amount_subtotal", amount)
        .set("amount_total", amount)
        .set("currency", company.currency.code)
        .set("created", company.now)
        .set("expires_at", company.now + 86_400);
    if version.basil() {
        session.remove("shipping_details");
    }
    session
}
