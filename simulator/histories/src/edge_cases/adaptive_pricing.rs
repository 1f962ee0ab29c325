//! A registered order that the buyer pays in another currency (Adaptive Pricing before 2025-03-31): the session's
//! `amount_total` and `currency` are the buyer's, `currency_conversion` holds what the company asked for.

use serde_json::json;

use super::register;
use crate::company::Company;
use crate::purchase::{Cart, End, attempt};
use crate::version::Version;

const SOURCE: &str = "mxn";

pub(super) fn live(company: &mut Company) {
    company.version = *company.rng.pick(Version::WITH_CURRENCY_CONVERSION);
    let mut cart = Cart::new(company);
    let price = company.rng.range(100, 9_000) * 100;
    cart.open_session(company);
    if let Some(session) = &mut cart.session {
        session.set(
            "currency_conversion",
            json!({"amount_subtotal": price, "amount_total": price, "fx_rate": "17.3490",
                "source_currency": SOURCE}),
        );
    }
    company.wait(40);
    attempt::start(company, &mut cart);
    attempt::succeed(company, &mut cart);
    cart.complete_session(company, "paid");
    cart.ends(company, End::Paid);
    register(company, &cart, price, SOURCE);
    // The whole price in the company's currency, whatever the rate rounds to.
    for order in &mut company.expected_state.orders {
        (order.amount, order.amount_paid, order.currency) = (price, price, SOURCE);
    }
}
