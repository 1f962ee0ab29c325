//! `charge`.

use super::{Template, parse};
use crate::company::Company;
use crate::object::Object;

static TEMPLATE: Template = Template::new(|| {
    parse(
        r#"{"object":"charge","amount":0,"amount_captured":0,"amount_refunded":0,"application":null,
"application_fee":null,"application_fee_amount":null,"balance_transaction":null,
"billing_details":{"address":{"city":null,"country":"DE","line1":null,"line2":null,"postal_code":null,"state":null},
"email":"person@example.com","name":"A Person","phone":null,"tax_id":null},
"calculated_statement_descriptor":"SHOP","captured":false,"created":0,"currency":"usd","customer":null,
"description":null,"destination":null,"dispute":null,"disputed":false,"failure_balance_transaction":null,
"failure_code":null,"failure_message":null,"fraud_details":{},"invoice":null,"livemode":false,"metadata":{},
"on_behalf_of":null,"order":null,"outcome":{"network_status":"approved_by_network","reason":null,
"risk_level":"normal","risk_score":12,"seller_message":"Payment complete.","type":"authorized"},"paid":false,
"payment_intent":null,"payment_method":null,"payment_method_details":{"card":{"brand":"visa","checks":
{"address_line1_check":null,"address_postal_code_check":null,"cvc_check":"pass"},"country":"DE","exp_month":8,
"exp_year":2030,"fingerprint":"0SPrCBiGcUb8Ffu3","funding":"credit","installments":null,"last4":"4242",
"mandate":null,"network":"visa","three_d_secure":null,"wallet":null},"type":"card"},"radar_options":{},
"receipt_email":null,"receipt_number":null,"receipt_url":null,"refunded":false,"review":null,"shipping":null,
"source":null,"source_transfer":null,"statement_descriptor":null,"statement_descriptor_suffix":null,
"status":"pending","transfer_data":null,"transfer_group":null}"#,
    )
});

/// A pending charge of a payment intent.
pub(crate) fn charge(company: &mut Company, intent: &Object) -> Object {
    let id = company.ids.next("ch_3");
    let mut charge = Object::new(&TEMPLATE);
    charge
        .set("payment_method", company.ids.next("pm_1"))
        .set("id", id)
        .set("amount", intent.int("amount"))
        .set("currency", company.currency.code)
        .set("created", company.now)
        .set("payment_intent", intent.id())
        .set("customer", intent.value()["customer"].clone())
        .set("metadata", intent.value()["metadata"].clone());
    if company.version.basil() {
        charge.remove("invoice");
    }
    charge
}
