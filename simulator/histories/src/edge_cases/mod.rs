//! What goes wrong easily: each kind in a file of its own, with its truth from Stripe's documentation.

mod adaptive_pricing;
mod appeal;
mod cart_changed;
mod connected_account;
mod metadata_edited;
mod order_invoice;
mod partial_capture;
mod prevented;
mod promo_code;
mod refund_canceled;
mod refund_not_delivered;

use super::Kind;
use super::company::Company;
use super::expected_state::RegisteredOrder;
use super::purchase::Cart;

const DAY: i64 = 86_400;

/// Lives one history of this kind.
pub(crate) fn live(company: &mut Company, kind: Kind) {
    match kind {
        Kind::CartChanged => cart_changed::live(company),
        Kind::MetadataEdited => metadata_edited::live(company),
        Kind::PartialCapture => partial_capture::live(company),
        Kind::OrderInvoice => order_invoice::live(company),
        Kind::Appeal => appeal::live(company),
        Kind::PreventedResolved => prevented::live(company, true),
        Kind::PreventedBlocked => prevented::live(company, false),
        Kind::RefundPendingCanceled => refund_canceled::live(company),
        Kind::RefundNotDelivered => refund_not_delivered::live(company),
        Kind::ConnectedAccount => connected_account::live(company),
        Kind::PromoCode => promo_code::live(company),
        _ => adaptive_pricing::live(company),
    }
}

/// The company registers the cart's order at this price; the order's expected amount is the price.
fn register(company: &mut Company, cart: &Cart, amount: i64, currency: &'static str) {
    let customer = cart.known_customer();
    company.expected_state.registered.push(RegisteredOrder {
        id: cart.order.clone(),
        amount,
        currency,
        customer,
    });
}
