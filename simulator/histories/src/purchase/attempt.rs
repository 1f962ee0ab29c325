//! Attempts to pay: the payment intent and its charges.

use serde_json::{Value, json};

use super::cart::Cart;
use crate::company::Company;
use crate::object::Object;
use crate::objects;

/// The intent comes to be. Stripe sends `payment_intent.created`, which not everybody subscribes to.
pub(crate) fn start(company: &mut Company, cart: &mut Cart) {
    let mut intent = objects::intent(company, cart.amount);
    intent
        .set("metadata", cart.intent_metadata())
        .set("customer", cart.customer())
        .set("payment_method_types", json!([cart.method]));
    if company.rng.chance(70) {
        company.emit("payment_intent.created", &intent);
    }
    cart.intent = Some(intent);
}

/// The bank asks the customer to prove who they are.
pub(crate) fn authenticate(company: &mut Company, cart: &mut Cart) {
    let Some(intent) = &mut cart.intent else { return };
    intent.set("status", "requires_action").set(
        "next_action",
        json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}),
    );
    company.tick();
    company.emit("payment_intent.requires_action", intent);
}

/// A delayed method is on its way.
pub(crate) fn process(company: &mut Company, cart: &mut Cart) {
    let Some(intent) = &mut cart.intent else { return };
    let charge = method(objects::charge(company, intent), cart.method);
    intent.set("status", "processing").set("latest_charge", charge.id());
    company.tick();
    company.emit("payment_intent.processing", intent);
    if company.rng.chance(50) {
        company.tick();
        company.emit("charge.pending", &charge);
    }
    cart.charge = Some(charge);
}

/// The attempt on hand succeeds.
pub(crate) fn succeed(company: &mut Company, cart: &mut Cart) {
    let Some(intent) = &mut cart.intent else { return };
    let pending = cart.charge.take().filter(|charge| charge.text("status") == "pending");
    let mut charge = pending.unwrap_or_else(|| method(objects::charge(company, intent), cart.method));
    charge
        .set("status", "succeeded")
        .set("paid", true)
        .set("captured", true)
        .set("amount_captured", cart.amount);
    received(intent, &charge, cart.amount);
    company.tick();
    company.emit("charge.succeeded", &charge);
    company.tick();
    company.emit("payment_intent.succeeded", intent);
    cart.charge = Some(charge);
}

fn received(intent: &mut Object, charge: &Object, amount: i64) {
    intent
        .set("status", "succeeded")
        .set("latest_charge", charge.id())
        .set("payment_method", charge.text("payment_method"))
        .set("amount_received", amount)
        .set("amount_capturable", 0)
        .set("last_payment_error", Value::Null)
        .set("next_action", Value::Null);
}

/// The attempt on hand fails; the intent waits for another.
pub(crate) fn decline(company: &mut Company, cart: &mut Cart) {
    let Some(intent) = &mut cart.intent else { return };
    let pending = cart.charge.take().filter(|charge| charge.text("status") == "pending");
    let mut charge = pending.unwrap_or_else(|| method(objects::charge(company, intent), cart.method));
    let code =
        *company.rng.pick(&["card_declined", "insufficient_funds", "expired_card", "processing_error"]);
    charge
        .set("status", "failed")
        .set("failure_code", code)
        .set("failure_message", "Your payment was declined.")
        .set("outcome.network_status", "declined_by_network")
        .set("outcome.type", "issuer_declined")
        .set("outcome.seller_message", "The bank returned the decline code `generic_decline`.");
    intent
        .set("status", "requires_payment_method")
        .set("latest_charge", charge.id())
        .set("next_action", Value::Null)
        .set(
            "last_payment_error",
            json!({"charge": charge.id(), "code": code, "decline_code": "generic_decline",
                "message": "Your payment was declined.", "type": "card_error"}),
        );
    company.tick();
    company.emit("charge.failed", &charge);
    company.tick();
    company.emit("payment_intent.payment_failed", intent);
}

/// The money is authorized, to be captured later.
pub(crate) fn authorize(company: &mut Company, cart: &mut Cart) {
    let Some(intent) = &mut cart.intent else { return };
    let mut charge = method(objects::charge(company, intent), cart.method);
    charge.set("status", "succeeded").set("paid", true);
    intent
        .set("status", "requires_capture")
        .set("capture_method", "manual")
        .set("amount_capturable", cart.amount)
        .set("payment_method", charge.text("payment_method"))
        .set("latest_charge", charge.id());
    company.tick();
    company.emit("charge.succeeded", &charge);
    company.tick();
    company.emit("payment_intent.amount_capturable_updated", intent);
    cart.charge = Some(charge);
}

/// The authorized money is captured.
pub(crate) fn capture(company: &mut Company, cart: &mut Cart) {
    let (Some(intent), Some(charge)) = (&mut cart.intent, &mut cart.charge) else { return };
    let amount = cart.captured.unwrap_or(cart.amount);
    charge.set("captured", true).set("amount_captured", amount);
    received(intent, charge, amount);
    company.emit("charge.captured", charge);
    company.tick();
    company.emit("payment_intent.succeeded", intent);
}

/// The intent ends unpaid.
pub(crate) fn cancel(company: &mut Company, cart: &mut Cart, reason: Value) {
    let Some(intent) = &mut cart.intent else { return };
    intent
        .set("status", "canceled")
        .set("canceled_at", company.now)
        .set("cancellation_reason", reason)
        .set("next_action", Value::Null);
    company.emit("payment_intent.canceled", intent);
}

/// The authorization is voided. Stripe counts it as refunded, though nothing was ever captured.
pub(crate) fn release(company: &mut Company, cart: &mut Cart) {
    let Some(charge) = &mut cart.charge else { return };
    let changes = vec![("amount_refunded", cart.amount.into()), ("refunded", true.into())];
    company.step(Some("charge.refunded"), &[], charge, changes);
}

/// The charge's money has reached the balance: `charge.updated`, sometimes.
pub(crate) fn balance(company: &mut Company, cart: &mut Cart) {
    let Some(charge) = &mut cart.charge else { return };
    if company.rng.chance(50) {
        company.tick();
        let transaction = company.ids.next("txn_3");
        let receipt = format!("https://pay.stripe.com/receipts/payment/{}", charge.id());
        let changes = vec![("balance_transaction", transaction.into()), ("receipt_url", receipt.into())];
        company.update("charge.updated", charge, changes);
    }
}

fn method(mut charge: Object, method: &str) -> Object {
    if method != "card" {
        charge.set(
            "payment_method_details",
            json!({"type": method, method: {"last4": "6789", "mandate": null}}),
        );
    }
    charge
}
