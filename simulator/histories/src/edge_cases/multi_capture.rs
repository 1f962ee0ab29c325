//! A hold that is captured in several parts, the last of which may leave a rest
//! (<https://docs.stripe.com/payments/multicapture>).

use crate::company::Company;
use crate::purchase::{Cart, End, attempt};

pub(super) fn live(company: &mut Company) {
    let mut cart = Cart::new(company);
    attempt::start(company, &mut cart);
    attempt::authorize(company, &mut cart);
    let (parts, whole) = (company.rng.range(2, 3), cart.amount);
    for part in 1..parts {
        company.wait(3_600);
        let captured = whole / 4 * part;
        let (Some(intent), Some(charge)) = (&mut cart.intent, &mut cart.charge) else { return };
        intent.set("amount_received", captured).set("amount_capturable", whole - captured);
        company.emit("payment_intent.amount_capturable_updated", intent);
        company.tick();
        let changes = vec![("captured", true.into()), ("amount_captured", captured.into())];
        company.update(if part == 1 { "charge.captured" } else { "charge.updated" }, charge, changes);
    }
    company.wait(3_600);
    let captured = if company.rng.chance(50) { whole } else { whole / 4 * parts };
    cart.captured = (captured < whole).then_some(captured);
    if let Some(charge) = &mut cart.charge {
        company.update("charge.updated", charge, vec![("amount_captured", captured.into())]);
    }
    company.tick();
    if let Some(intent) = &mut cart.intent {
        intent.set("status", "succeeded").set("amount_received", captured).set("amount_capturable", 0);
        company.emit("payment_intent.succeeded", intent);
    }
    cart.ends(company, End::Paid);
}
