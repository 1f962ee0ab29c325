//! `invoice_payment.paid`: since 2025-03-31.basil the only place that joins an invoice to its payment.

use stripe::objects::InvoicePayment;

use super::{Change, FETCHED, Handler, Intent, OF_A_PAYMENT};
use crate::event::Event;
use crate::keys::Keys;
use crate::link::invoice_changed;
use crate::message;
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::State;

pub(super) const HANDLER: Handler = Handler {
    file: "invoice_payment",
    types: &[
        ("invoice_payment.paid", "links the invoice to the payment that paid it (since 2025-03-31.basil)"),
        ("invoice_payment.fetched", FETCHED),
    ],
    emits: &[&[&message::SUBSCRIPTION_PAYMENT_SUCCEEDED.topic], OF_A_PAYMENT],
    read: |event| {
        let payment = InvoicePayment::read(&event.object)?;
        // Stripe's list also has those that are open or were canceled.
        Ok(if event.observed && !payment.paid {
            Intent::Ignore("not_paid")
        } else {
            OnePayment(payment).into_intent()
        })
    },
};

struct OnePayment(InvoicePayment);

impl Change for OnePayment {
    fn keys(&self, _event: &Event, keys: &mut Keys) {
        keys.invoices.insert(self.0.invoice.clone());
        keys.payments.extend(self.0.payment_intent.clone());
        if self.0.payment_intent.is_none() {
            keys.charges.extend(self.0.charge.clone().map(|charge| (charge, true)));
        }
    }

    fn apply(&self, event: &Event, state: &mut State, rules: &Rules) -> Result<(), Rejection> {
        let invoice = state.invoices.touch(&self.0.invoice);
        invoice.payments.insert(self.0.id.clone(), self.0.clone());
        let by_payment = self.0.payment_intent.is_some() || self.0.charge.is_some();
        invoice.payment_observed |= event.observed && by_payment;
        invoice.note_observed_payment();
        invoice_changed(state, &self.0.invoice, event, rules);
        Ok(())
    }
}
