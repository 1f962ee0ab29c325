//! What goes wrong easily: each kind in a file of its own, with its truth from Stripe's documentation.

mod adaptive_pricing;
mod appeal;
mod cart_changed;
mod connected_account;
mod direct_charge;
mod dispute_by_charge;
mod held;
mod hold_reordered;
mod invoice_by_halves;
mod live_and_test;
mod metadata_edited;
mod multi_capture;
mod order_invoice;
mod overpaid;
mod partial_capture;
mod prevented;
mod promo_code;
mod refund_again;
mod refund_canceled;
mod refund_not_delivered;
mod split_payment;

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
        Kind::Overpaid => overpaid::live(company),
        Kind::SplitPayment => split_payment::live(company),
        Kind::Held => held::live(company),
        Kind::DirectCharge => direct_charge::live(company),
        Kind::MultiCapture => multi_capture::live(company),
        Kind::DisputeByCharge => dispute_by_charge::live(company),
        Kind::RefundAgain => refund_again::live(company),
        Kind::HoldReordered => hold_reordered::live(company),
        Kind::InvoiceByHalves => invoice_by_halves::live(company),
        Kind::DiscountedInvoice => order_invoice::live_discounted(company),
        Kind::FreeInvoice => order_invoice::live_free(company),
        Kind::LiveAndTest => live_and_test::live(company),
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
