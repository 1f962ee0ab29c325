//! `payment_intent`.

use super::{Template, parse};
use crate::company::Company;
use crate::object::Object;

static TEMPLATE: Template = Template::new(|| {
    parse(
        r#"{"object":"payment_intent","amount":0,"amount_capturable":0,"amount_details":{"tip":{}},"amount_received":0,
"application":null,"application_fee_amount":null,"automatic_payment_methods":null,"canceled_at":null,
"cancellation_reason":null,"capture_method":"automatic","client_secret":null,"confirmation_method":"automatic",
"created":0,"currency":"usd","customer":null,"customer_account":null,"description":null,
"excluded_payment_method_types":null,"invoice":null,"last_payment_error":null,"latest_charge":null,"livemode":false,
"metadata":{},"next_action":null,"on_behalf_of":null,"payment_method":null,
"payment_method_configuration_details":null,"payment_method_options":{"card":{"installments":null,
"mandate_options":null,"network":null,"request_three_d_secure":"automatic"}},"payment_method_types":["card"],
"processing":null,"receipt_email":null,"review":null,"setup_future_usage":null,"shipping":null,"source":null,
"statement_descriptor":null,"statement_descriptor_suffix":null,"status":"requires_payment_method",
"transfer_data":null,"transfer_group":null}"#,
    )
});

/// An intent that was just made for this amount.
pub(crate) fn intent(company: &mut Company, amount: i64) -> Object {
    let id = company.ids.next("pi_3");
    let mut intent = Object::new(&TEMPLATE);
    intent
        .since(
            company.version,
            &[
                ("2023-08-16", &["payment_method_configuration_details"]),
                ("2025-08-27", &["excluded_payment_method_types"]),
                ("2025-12-15", &["customer_account"]),
            ],
        )
        .set("client_secret", format!("{id}_secret_{}", &id[id.len() - 20..]))
        .set("id", id)
        .set("amount", amount)
        .set("currency", company.currency.code)
        .set("created", company.now);
    if company.version.basil() {
        intent.remove("invoice");
    }
    intent
}
