//! What Stripe's own figures leave as the price of what was paid for, where that is not what was asked for: discounts, tax,
//! shipping, a tip, the customer's credit.

use std::collections::BTreeSet;

use super::{PaidInvoice, Payment};

impl Payment {
    /// Minor units before discounts, tax, shipping and tip.
    pub(super) fn subtotal(&self) -> Option<i64> {
        let of_intent = || self.intent.as_ref().and_then(|versions| versions.latest().amount_subtotal);
        let of_session = self.session().and_then(|session| session.amount_subtotal);
        of_session.or_else(|| self.whole_invoice()?.subtotal).or_else(of_intent)
    }

    /// What else may be the price, in minor units: the session's total without the tax or shipping that it added, and what
    /// an invoice came to, with or without tax, before the customer's credit and credit notes.
    pub(super) fn other_prices(&self) -> BTreeSet<i64> {
        let of_session = self.session().map(|session| {
            let (tax, shipping) = (session.amount_tax.unwrap_or(0), session.amount_shipping.unwrap_or(0));
            [tax, shipping, tax + shipping].map(|added| session.amount_total.map(|total| total - added))
        });
        let invoice = self.whole_invoice().into_iter();
        let of_invoice = invoice.flat_map(|invoice| [invoice.total, invoice.total_excluding_tax]);
        let mut prices: BTreeSet<i64> =
            of_session.into_iter().flatten().chain(of_invoice).flatten().collect();
        if let Some(asked) = self.asked() {
            prices.remove(&asked);
        }
        prices
    }

    /// An invoice that stands for its payment: it is paid and asked for nothing.
    pub(super) fn free_invoice(&self) -> Option<&PaidInvoice> {
        self.invoices.values().find(|invoice| invoice.free_in.is_some())
    }

    /// The one-off invoice of which this payment pays all that is due.
    fn whole_invoice(&self) -> Option<&PaidInvoice> {
        let asked = self.asked();
        self.one_off_invoices().find(|invoice| invoice.amount_due == asked)
    }

    /// Minor units that it asks for, where a payment intent, a charge or a free invoice says so.
    fn asked(&self) -> Option<i64> {
        let intent = self.intent.as_ref().map(|versions| versions.latest().amount);
        let charge = || self.money_charge().map(|charge| charge.amount);
        intent.or_else(charge).or_else(|| self.free_invoice().map(|_| 0))
    }
}
