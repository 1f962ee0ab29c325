//! One-time purchases, from the first click to the last event.

pub(crate) mod attempt;
mod cart;

use serde_json::Value;

pub(crate) use self::cart::{Cart, End};

use super::Kind;
use super::company::Company;

const DAY: i64 = 86_400;

/// Writes one purchase of this kind.
pub(crate) fn live(company: &mut Company, kind: Kind) {
    match kind {
        Kind::Card => card(company),
        Kind::Direct => direct(company),
        Kind::DelayedOk => delayed(company, true),
        Kind::DelayedFailed => delayed(company, false),
        Kind::Expired => expired(company),
        Kind::Free => free(company),
        Kind::Retries => retries(company),
        Kind::Abandoned => abandoned(company),
        Kind::ManualCapture => manual_capture(company),
        Kind::Released => released(company),
        Kind::IntentCanceled => intent_canceled(company),
        _ => second_attempt(company),
    }
}

/// A purchase that has just been paid, one way or another. What it ends with is not yet written down.
pub(crate) fn paid(company: &mut Company) -> Cart {
    let mut cart = Cart::new(company);
    pay(company, &mut cart);
    cart
}

/// Pays a cart, through Checkout or not.
pub(crate) fn pay(company: &mut Company, cart: &mut Cart) {
    let checkout = company.rng.chance(70);
    if checkout {
        cart.open_session(company);
        company.wait(40);
    }
    attempt::start(company, cart);
    attempt::succeed(company, cart);
    cart.complete_session(company, "paid");
    attempt::balance(company, cart);
}

fn card(company: &mut Company) {
    let mut cart = Cart::new(company);
    cart.open_session(company);
    pay_by_card(company, &mut cart);
}

fn pay_by_card(company: &mut Company, cart: &mut Cart) {
    company.wait(40);
    attempt::start(company, cart);
    attempt::succeed(company, cart);
    cart.complete_session(company, "paid");
    attempt::balance(company, cart);
    cart.ends(company, End::Paid);
}

fn direct(company: &mut Company) {
    let mut cart = Cart::new(company);
    attempt::start(company, &mut cart);
    if company.rng.chance(30) {
        attempt::decline(company, &mut cart);
        company.wait(60);
    }
    attempt::succeed(company, &mut cart);
    attempt::balance(company, &mut cart);
    cart.ends(company, End::Paid);
}

fn delayed(company: &mut Company, succeeds: bool) {
    let mut cart = Cart::new(company);
    cart.open_session(company);
    cart.method = *company.rng.pick(&["sepa_debit", "us_bank_account", "bacs_debit"]);
    company.wait(90);
    attempt::start(company, &mut cart);
    cart.complete_session(company, "unpaid");
    attempt::process(company, &mut cart);
    let days = company.rng.range(1, 7);
    company.wait(days * DAY);
    if succeeds {
        attempt::succeed(company, &mut cart);
        cart.settle_session(company, "checkout.session.async_payment_succeeded", "paid");
        cart.ends(company, End::Paid);
    } else {
        attempt::decline(company, &mut cart);
        cart.settle_session(company, "checkout.session.async_payment_failed", "unpaid");
        cart.ends(company, End::Failed);
    }
}

fn expired(company: &mut Company) {
    let mut cart = Cart::new(company);
    cart.open_session(company);
    company.wait(DAY);
    cart.expire_session(company);
    cart.ends(company, End::Expired);
}

fn free(company: &mut Company) {
    let mut cart = Cart::new(company);
    cart.amount = 0;
    cart.open_session(company);
    company.wait(30);
    cart.complete_session(company, "no_payment_required");
    cart.ends(company, End::Paid);
}

fn retries(company: &mut Company) {
    let mut cart = Cart::new(company);
    cart.open_session(company);
    company.wait(40);
    attempt::start(company, &mut cart);
    let failures = company.rng.range(1, 3);
    for _ in 0..failures {
        if company.rng.chance(30) {
            attempt::authenticate(company, &mut cart);
            company.wait(30);
        }
        attempt::decline(company, &mut cart);
        company.wait(45);
    }
    if company.rng.chance(50) {
        attempt::authenticate(company, &mut cart);
        company.wait(20);
    }
    attempt::succeed(company, &mut cart);
    cart.complete_session(company, "paid");
    cart.ends(company, End::Paid);
}

fn abandoned(company: &mut Company) {
    let mut cart = Cart::new(company);
    cart.open_session(company);
    company.wait(40);
    attempt::start(company, &mut cart);
    attempt::decline(company, &mut cart);
    company.wait(DAY);
    attempt::cancel(company, &mut cart, Value::from("automatic"));
    company.tick();
    cart.expire_session(company);
    cart.ends(company, End::Expired);
}

fn manual_capture(company: &mut Company) {
    let mut cart = Cart::new(company);
    let checkout = company.rng.chance(60);
    if checkout {
        cart.open_session(company);
        company.wait(40);
    }
    attempt::start(company, &mut cart);
    if checkout {
        cart.complete_session(company, "unpaid");
    }
    attempt::authorize(company, &mut cart);
    let hours = company.rng.range(1, 48);
    company.wait(hours * 3600);
    attempt::capture(company, &mut cart);
    cart.ends(company, End::Paid);
}

fn released(company: &mut Company) {
    let mut cart = Cart::new(company);
    attempt::start(company, &mut cart);
    attempt::authorize(company, &mut cart);
    company.wait(DAY);
    attempt::cancel(company, &mut cart, Value::from("requested_by_customer"));
    attempt::release(company, &mut cart);
    cart.ends(company, End::Canceled);
}

fn intent_canceled(company: &mut Company) {
    let mut cart = Cart::new(company);
    attempt::start(company, &mut cart);
    if company.rng.chance(40) {
        attempt::decline(company, &mut cart);
    }
    company.wait(3600);
    let reason =
        company.rng.pick(&[None, Some("abandoned"), Some("requested_by_customer"), Some("duplicate")]);
    attempt::cancel(company, &mut cart, (*reason).into());
    cart.ends(company, End::Canceled);
}

fn second_attempt(company: &mut Company) {
    let mut first = Cart::new(company);
    let mut second = first.again();
    first.open_session(company);
    if company.rng.chance(50) {
        company.wait(DAY);
        first.expire_session(company);
        first.payment_ends(company, End::Expired);
    } else {
        first.method = "sepa_debit";
        company.wait(60);
        attempt::start(company, &mut first);
        first.complete_session(company, "unpaid");
        attempt::process(company, &mut first);
        company.wait(3 * DAY);
        attempt::decline(company, &mut first);
        first.settle_session(company, "checkout.session.async_payment_failed", "unpaid");
        first.payment_ends(company, End::Failed);
    }
    company.wait(600);
    second.open_session(company);
    pay_by_card(company, &mut second);
}
