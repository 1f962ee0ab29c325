//! The payments that pay an invoice.

use std::collections::BTreeSet;

use stripe::objects::Invoice as Version;

use super::Invoice;
use crate::payment::PaidInvoice;
use crate::version::Versioned;

impl Invoice {
    /// Notes that it was paid by a payment, where Stripe's API showed both that it is paid and what paid it: since
    /// 2025-03-31.basil the invoice itself does not say so.
    pub fn note_observed_payment(&mut self) {
        self.payment_succeeded |= self.settled && self.payment_observed;
    }

    /// The payment intent that paid it: in the invoice before basil, in its payment since.
    #[must_use]
    pub fn payment_intent(&self) -> Option<&str> {
        let own = self.version().and_then(|version| version.payment_intent.as_deref());
        own.or_else(|| self.payments.values().find_map(|payment| payment.payment_intent.as_deref()))
    }

    /// Every payment intent that pays it.
    #[must_use]
    pub fn payment_intents(&self) -> BTreeSet<String> {
        let inside = self.version().and_then(|version| version.payment_intent.clone());
        let joined = self.payments.values().filter_map(|payment| payment.payment_intent.clone());
        inside.into_iter().chain(joined).collect()
    }

    /// Every charge that pays it and has no payment intent: before payment intents, and `payment.type` `charge` since
    /// 2025-03-31.basil. Such a charge stands for its payment.
    #[must_use]
    pub fn charges_alone(&self) -> BTreeSet<String> {
        let inside = self.version().filter(|version| version.payment_intent.is_none());
        let inside = inside.and_then(|version| version.charge.clone());
        let joined = self.payments.values().filter(|payment| payment.payment_intent.is_none());
        inside.into_iter().chain(joined.filter_map(|payment| payment.charge.clone())).collect()
    }

    /// Whether it is a one-off invoice that is paid and asked for nothing: it stands for its payment, under its own id.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.linked.is_none() && self.version().is_some_and(Version::asks_for_nothing)
    }

    /// Whether another event may show that it is free, or is not.
    pub(super) fn may_be_free(&self) -> bool {
        self.versions.iter().flat_map(Versioned::candidates).any(Version::asks_for_nothing)
    }

    /// What the payments that pay it need to know.
    #[must_use]
    pub fn paid(&self) -> PaidInvoice {
        let version = self.version();
        PaidInvoice {
            reference: self.reference().cloned().unwrap_or_default(),
            is_certain: self.paid_reference.is_some(),
            amount_due: version.map(|version| version.amount_due),
            due_by_payments: version.map(|version| self.due_by_payments(version)),
            subtotal: version.and_then(|version| version.subtotal),
            total: version.and_then(|version| version.total),
            total_excluding_tax: version.and_then(|version| version.total_excluding_tax),
            free_in: version.filter(|_| self.is_free()).and_then(|version| version.currency.clone()),
            amount_paid: version.filter(|v| v.status == "open").map(|version| version.amount_paid),
            subscription: self.linked.clone(),
            customer: version.and_then(|version| version.customer.clone()),
        }
    }

    /// Minor units that payments must bring. Once it is paid that is what they did: the rest was settled out of band
    /// (`payment.type` `payment_record`).
    fn due_by_payments(&self, version: &Version) -> i64 {
        let joined = self.payments.values().filter(|p| p.payment_intent.is_some() || p.charge.is_some());
        let brought: Option<i64> = joined.map(|payment| payment.amount_paid).sum();
        let brought = brought.filter(|brought| *brought > 0 && self.status() == Some("paid"));
        brought.map_or(version.amount_due, |brought| brought.min(version.amount_due))
    }
}
