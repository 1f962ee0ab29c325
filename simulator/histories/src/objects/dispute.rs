//! `dispute`.

use serde_json::{Value, json};

use super::{Template, parse};
use crate::company::Company;
use crate::object::Object;

static TEMPLATE: Template = Template::new(|| {
    parse(
        r#"{"object":"dispute","amount":0,"balance_transactions":[],"charge":null,"created":0,"currency":"usd",
"enhanced_eligibility_types":[],"evidence":{"access_activity_log":null,"billing_address":null,
"cancellation_policy":null,"customer_communication":null,"customer_email_address":"person@example.com",
"customer_name":"A Person","product_description":null,"receipt":null,"refund_policy":null,"service_date":null,
"shipping_carrier":null,"shipping_date":null,"shipping_tracking_number":null,"uncategorized_file":null,
"uncategorized_text":null},"evidence_details":{"due_by":null,"enhanced_eligibility":{},"has_evidence":false,
"past_due":false,"submission_count":0},"is_charge_refundable":false,"livemode":false,"metadata":{},
"payment_intent":null,"payment_method_details":{"card":{"brand":"visa","case_type":"chargeback",
"network_reason_code":"10.4"},"type":"card"},"reason":"fraudulent","status":"needs_response"}"#,
    )
});

/// A dispute of a charge as it is opened.
pub(crate) fn dispute(company: &mut Company, charge: &Object, amount: i64, inquiry: bool) -> Object {
    let reason =
        *company.rng.pick(&["fraudulent", "product_not_received", "duplicate", "subscription_canceled"]);
    let due_by = company.now + 9 * 86_400;
    let mut dispute = Object::new(&TEMPLATE);
    dispute
        .since(
            company.version,
            &[("2023-08-16", &["payment_method_details"]), ("2024-10-28", &["enhanced_eligibility_types"])],
        )
        .set("id", company.ids.next("dp_1"))
        .set("amount", amount)
        .set("currency", company.currency.code)
        .set("charge", charge.id())
        .set("payment_intent", charge.value()["payment_intent"].clone())
        .set("reason", reason)
        .set("created", company.now)
        .set("evidence_details.due_by", due_by);
    if inquiry {
        dispute.set("status", "warning_needs_response").set("is_charge_refundable", true);
        if company.version.since("2024-06-20") {
            dispute.set("payment_method_details.card.case_type", "inquiry");
        }
    }
    dispute
}

/// The entry of a dispute in the balance: money withdrawn, or reinstated.
pub(crate) fn movement(company: &mut Company, dispute: &Object, given_back: bool) -> Value {
    let amount = if given_back { dispute.int("amount") } else { -dispute.int("amount") };
    json!({"id": company.ids.next("txn_1"), "object": "balance_transaction", "amount": amount,
        "currency": dispute.text("currency"), "created": company.now, "fee": 0, "net": amount,
        "reporting_category": if given_back { "dispute_reversal" } else { "dispute" },
        "source": dispute.id(), "type": "adjustment"})
}
