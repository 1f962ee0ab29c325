//! `refund`.

use super::{Template, parse};
use crate::company::Company;
use crate::object::Object;

static TEMPLATE: Template = Template::new(|| {
    parse(
        r#"{"object":"refund","amount":0,"balance_transaction":null,"charge":null,"created":0,"currency":"usd",
"customer":null,"customer_account":null,"destination_details":{"card":{"reference":null,"reference_status":"pending",
"reference_type":"acquirer_reference_number","type":"refund"},"type":"card"},"metadata":{},"payment_intent":null,
"payment_method":null,"reason":null,"receipt_number":null,"source_transfer_reversal":null,"status":"succeeded",
"transfer_reversal":null}"#,
    )
});

/// A refund of a charge.
pub(crate) fn refund(company: &mut Company, charge: &Object, amount: i64, status: &str) -> Object {
    let reason =
        *company.rng.pick(&[None, Some("requested_by_customer"), Some("duplicate"), Some("fraudulent")]);
    let mut refund = Object::new(&TEMPLATE);
    refund
        .since(
            company.version,
            &[
                ("2023-10-16", &["destination_details"]),
                ("2026-07-29", &["customer", "customer_account", "payment_method"]),
            ],
        )
        .set("id", company.ids.next("re_3"))
        .set("amount", amount)
        .set("currency", company.currency.code)
        .set("charge", charge.id())
        .set("payment_intent", charge.value()["payment_intent"].clone())
        .set("balance_transaction", company.ids.next("txn_3"))
        .set("reason", reason)
        .set("status", status)
        .set("created", company.made());
    refund
}
