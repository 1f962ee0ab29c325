//! Which order a payment belongs to: one answer by precedence, never a union.
//!
//! The payment intent's own metadata, else the session's, else that of the charge that took or holds the money,
//! else the invoice's, else `client_reference_id` where the setting says that it is an order. A failed charge never
//! names an order: Stripe copies metadata to a charge when the attempt is made and never again
//! (<https://docs.stripe.com/metadata#copying-metadata>).

use stripe::objects::{Charge, PaymentIntent, Reference};

use super::{Attempt, PaidInvoice, Payment, is_purchase};
use crate::rules::ClientReferenceId;
use crate::version::Versioned;

/// The order that a payment names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NamedOrder<'a> {
    pub(crate) id: &'a str,
    /// The reference code that stands beside it.
    pub(crate) code: Option<&'a str>,
    /// Another event may still show that it was another order when the money was taken: only a charge says so that may
    /// have been edited by hand, or the known version of the payment intent is older than the capture. No lasting
    /// message relies on it.
    pub(crate) provisional: bool,
}

impl<'a> NamedOrder<'a> {
    fn of(reference: &'a Reference, provisional: bool) -> Option<Self> {
        Some(Self { id: reference.order.as_deref()?, code: reference.code.as_deref(), provisional })
    }
}

impl Payment {
    /// The order that it names, by precedence.
    pub(crate) fn named_order(&self, client_reference_id: ClientReferenceId) -> Option<NamedOrder<'_>> {
        let intent = self.intent.as_ref().map(Versioned::latest);
        let sessions =
            || self.sessions.values().map(Versioned::latest).filter(|session| is_purchase(session));
        let by_session = || sessions().find_map(|session| NamedOrder::of(&session.reference, false));
        // A version of the invoice that does not show this money as paid may be older or newer than the payment, and
        // the metadata edited in between.
        let older = |invoice: &PaidInvoice| !invoice.is_certain && invoice.amount_paid < Some(self.paid());
        let by_invoice =
            || self.invoices.values().find_map(|invoice| NamedOrder::of(&invoice.reference, older(invoice)));
        let by_client_reference = || {
            let id = sessions().find_map(|session| session.client_reference_id.as_deref())?;
            let code = self.references().find_map(|reference| reference.code.as_deref());
            Some(NamedOrder { id, code, provisional: false })
        };
        intent
            .and_then(|intent| self.named_by_intent(intent))
            .or_else(by_session)
            .or_else(|| self.named_by_charge())
            .or_else(by_invoice)
            .or_else(|| (client_reference_id == ClientReferenceId::Order).then(by_client_reference).flatten())
    }

    /// By the payment intent's metadata. Stripe sends no event when that changes: where the known version is older than
    /// the attempt that took or holds the money, the attempt's copy says what the metadata had become by then, and
    /// where it is older than the capture, nothing does.
    fn named_by_intent<'a>(&'a self, intent: &'a PaymentIntent) -> Option<NamedOrder<'a>> {
        let named = NamedOrder::of(&intent.reference, false)?;
        let Some(charge) = self.money_charge().filter(|charge| charge.status != "failed") else {
            return Some(named);
        };
        match intent.status.as_str() {
            "succeeded" | "canceled" => Some(named),
            "requires_payment_method" | "requires_confirmation" | "requires_action" => {
                let attempt = self.attempts.get(&charge.id);
                match attempt.and_then(|attempt| Some((attempt.reference()?, attempt.delayed))) {
                    // A copy that names no order: by then the payment intent named none, or the copy lacks it.
                    Some((copy, delayed)) => Some(match NamedOrder::of(copy, delayed) {
                        Some(order) => order,
                        None => NamedOrder { provisional: true, ..named },
                    }),
                    // The attempt's own copy is not known: it may have been edited since, and the payment intent too
                    // while the money was held.
                    None => {
                        let edited = charge.reference.order.as_deref() != Some(named.id);
                        let held = attempt.is_none_or(|attempt| attempt.delayed);
                        Some(NamedOrder { provisional: edited || held, ..named })
                    }
                }
            }
            _ => {
                Some(NamedOrder { provisional: charge.captured_amount() > intent.captured_amount(), ..named })
            }
        }
    }

    /// By the metadata that the charge had when the money was taken.
    fn named_by_charge(&self) -> Option<NamedOrder<'_>> {
        let charge = self.money_charge().filter(|charge| charge.status != "failed")?;
        let attempt = self.attempts.get(&charge.id);
        let copy = if charge.payment_intent.is_none() {
            attempt.and_then(Attempt::taken)
        } else {
            let ended = |intent: &PaymentIntent| matches!(intent.status.as_str(), "succeeded" | "canceled");
            let ended = self.intent.as_ref().is_some_and(|versions| ended(versions.latest()));
            attempt.and_then(|attempt| Some((attempt.reference()?, attempt.delayed && !ended)))
        };
        match copy {
            Some((reference, provisional)) => NamedOrder::of(reference, provisional),
            None => NamedOrder::of(&charge.reference, true),
        }
    }

    /// The charge that took the money, or holds it, or may yet do so.
    pub(super) fn money_charge(&self) -> Option<&Charge> {
        let rank = |charge: &&Charge| {
            let succeeded = charge.status == "succeeded";
            (charge.captured_amount(), succeeded, charge.status == "pending", charge.created)
        };
        self.charges.values().map(Versioned::latest).max_by_key(rank)
    }

    /// The metadata of its objects, in the order of precedence.
    pub(super) fn references(&self) -> impl Iterator<Item = &Reference> {
        let intent = self.intent.iter().map(|versions| &versions.latest().reference);
        let sessions = self.sessions.values().map(|versions| &versions.latest().reference);
        let charges = self.charges.values().map(|versions| &versions.latest().reference);
        let invoices = self.invoices.values().map(|invoice| &invoice.reference);
        intent.chain(sessions).chain(charges).chain(invoices)
    }
}
