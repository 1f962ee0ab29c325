//! The payment intents and charges behind invoices. They belong to no order.

use serde_json::{Value, json};

use crate::company::Company;
use crate::expected_state::ExpectedPayment;
use crate::object::Object;
use crate::objects;

/// Why a payment fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    Declined,
    ActionRequired,
}

fn emit(company: &mut Company, kind: &'static str, object: &Object, seen: bool) {
    if seen {
        company.tick();
        company.emit(kind, object);
    }
}

/// The intent is paid. Gives the charge's id.
pub(super) fn succeed(company: &mut Company, intent: &mut Object, seen: bool) -> String {
    let mut charge = objects::charge(company, intent);
    let amount = intent.int("amount");
    charge.set("status", "succeeded").set("paid", true).set("captured", true).set("amount_captured", amount);
    with_invoice(&mut charge, intent);
    intent
        .set("status", "succeeded")
        .set("amount_received", amount)
        .set("latest_charge", charge.id())
        .set("last_payment_error", Value::Null)
        .set("next_action", Value::Null);
    emit(company, "charge.succeeded", &charge, seen);
    emit(company, "payment_intent.succeeded", intent, seen);
    charge.id().to_owned()
}

/// An attempt to pay the intent fails.
pub(super) fn fail(company: &mut Company, intent: &mut Object, failure: Failure, seen: bool) {
    if failure == Failure::ActionRequired {
        intent.set("status", "requires_action").set("next_action", json!({"type": "use_stripe_sdk"}));
        return emit(company, "payment_intent.requires_action", intent, seen);
    }
    let mut charge = objects::charge(company, intent);
    charge
        .set("status", "failed")
        .set("failure_code", "card_declined")
        .set("outcome.type", "issuer_declined");
    with_invoice(&mut charge, intent);
    let error = json!({"charge": charge.id(), "code": "card_declined", "type": "card_error"});
    intent.set("latest_charge", charge.id()).set("last_payment_error", error);
    emit(company, "charge.failed", &charge, seen);
    emit(company, "payment_intent.payment_failed", intent, seen);
}

/// The invoice is settled otherwise.
pub(super) fn cancel(company: &mut Company, intent: &mut Object, seen: bool) {
    intent
        .set("status", "canceled")
        .set("canceled_at", company.now)
        .set("cancellation_reason", "void_invoice")
        .set("next_action", Value::Null);
    emit(company, "payment_intent.canceled", intent, seen);
}

fn with_invoice(charge: &mut Object, intent: &Object) {
    if let Some(invoice) = intent.value().get("invoice") {
        charge.set("invoice", invoice.clone());
    }
}

/// What must come of an intent that was seen of.
pub(super) fn write_down(company: &mut Company, intent: &Object) {
    let paid = intent.text("status") == "succeeded";
    let tried = !intent.value()["last_payment_error"].is_null();
    let status = match intent.text("status") {
        "succeeded" => "paid",
        "canceled" => "canceled",
        _ if tried => "failed",
        _ => "pending",
    };
    company.expected_state.payments.push(ExpectedPayment {
        account: String::new(),
        livemode: company.livemode,
        id: intent.id().to_owned(),
        order: None,
        status,
        amount: intent.int("amount"),
        currency: company.currency.code,
        amount_paid: if paid { intent.int("amount") } else { 0 },
        amount_refunded: 0,
        dispute: None,
    });
}
