//! `invoice.*`: what a customer owes, and how it was paid: of a subscription, or of an order.
//!
//! `invoice.payment_succeeded` is the company's hook for provisioning. `invoice.paid` comes besides, and
//! alone when the invoice was settled out of band: it extends access too, but is not a payment.

use stripe::objects::Invoice;

use super::{Change, FETCHED, Handler, Intent, OF_A_PAYMENT};
use crate::event::Event;
use crate::keys::Keys;
use crate::link::invoice_changed;
use crate::message;
use crate::origin::OrderKey;
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::State;
use crate::version::{Rank, Versioned};

pub(super) const HANDLER: Handler = Handler {
    file: "invoice",
    types: &[
        ("invoice.created", "a draft of what is owed"),
        ("invoice.finalized", "the amount due is final"),
        ("invoice.updated", "the newest version of the invoice"),
        ("invoice.paid", "settled, by a payment or out of band: extends the paid period"),
        ("invoice.payment_succeeded", "paid by a payment"),
        ("invoice.payment_failed", "an attempt to collect failed"),
        ("invoice.payment_action_required", "the customer must confirm the payment"),
        ("invoice.voided", "nothing is owed any more"),
        ("invoice.marked_uncollectible", "marked as uncollectible"),
        ("invoice.fetched", FETCHED),
        ("invoice.upcoming", "a forecast without an id: recorded as ignored (`forecast`)"),
        ("invoice.deleted", "the draft was deleted"),
        ("invoice.finalization_failed", "the draft could not be finalized"),
        ("invoice.overdue", "the newest version of the invoice"),
    ],
    emits: &[
        &[
            &message::SUBSCRIPTION_PAYMENT_SUCCEEDED.topic,
            &message::SUBSCRIPTION_INVOICE_SETTLED.topic,
            &message::SUBSCRIPTION_PAYMENT_FAILED.topic,
            &message::SUBSCRIPTION_PAYMENT_ACTION_REQUIRED.topic,
            &message::INVOICE_FINALIZATION_FAILED.topic,
        ],
        OF_A_PAYMENT,
    ],
    read,
};

fn read(event: &Event) -> Result<Intent, Rejection> {
    let invoice = Invoice::read(&event.object)?;
    if event.kind == "invoice.upcoming" {
        return Ok(Intent::Ignore("forecast"));
    }
    let id = invoice.need_id()?.to_owned();
    Ok(OneInvoice { id, invoice }.into_intent())
}

struct OneInvoice {
    id: String,
    invoice: Invoice,
}

impl Change for OneInvoice {
    fn keys(&self, event: &Event, keys: &mut Keys) {
        keys.invoices.insert(self.id.clone());
        keys.subscriptions.extend(self.invoice.subscription.clone());
        keys.payments.extend(self.invoice.payment_intent.clone());
        keys.payments.extend(self.invoice.asks_for_nothing().then(|| self.id.clone()));
        if self.invoice.payment_intent.is_none() {
            keys.charges.extend(self.invoice.charge.clone().map(|charge| (charge, true)));
        }
        let order = self.invoice.reference.order.iter();
        keys.orders.extend(order.map(|id| OrderKey::new(&event.origin(), id)));
    }

    fn apply(&self, event: &Event, state: &mut State, rules: &Rules) -> Result<(), Rejection> {
        let version = &self.invoice;
        let is_terminal = matches!(version.status.as_str(), "paid" | "void");
        let step = event.delta(version.clone(), rank(version), is_terminal);
        let invoice = state.invoices.touch(&self.id);
        if event.observed {
            invoice.record_lines(version);
        }
        match event.kind.as_str() {
            "invoice.payment_succeeded" => {
                invoice.payment_succeeded = true;
                invoice.paid_reference.get_or_insert_with(|| version.reference.clone());
            }
            "invoice.paid" => {
                invoice.settled = true;
                invoice.paid_reference = Some(version.reference.clone());
            }
            "invoice.payment_action_required" => {
                invoice.action_required = invoice.action_required.max(Some(version.attempt_count));
            }
            "invoice.deleted" => invoice.deleted = true,
            "invoice.finalization_failed" => invoice.finalization_failed = true,
            "invoice.payment_failed" => {
                let failed = (version.attempt_count, version.next_payment_attempt);
                invoice.failed = invoice.failed.max(Some(failed));
            }
            _ if event.observed && version.status == "paid" => {
                invoice.settled = true;
                // Only before 2025-03-31.basil does the invoice say so itself. Of nothing due nothing is paid out of band:
                // Stripe reports that as paid by a payment too.
                let by_payment = event.object["paid_out_of_band"] == false || version.amount_due == 0;
                invoice.payment_succeeded |= by_payment;
                invoice.paid_reference.get_or_insert_with(|| version.reference.clone());
            }
            _ => {}
        }
        invoice.note_observed_payment();
        match &mut invoice.versions {
            Some(object) => object.apply(step),
            none => *none = Some(Versioned::new(step)),
        }
        invoice_changed(state, &self.id, event, rules);
        Ok(())
    }
}

/// An invoice only goes forward, and counts its attempts.
fn rank(invoice: &Invoice) -> Rank {
    let status = match invoice.status.as_str() {
        "draft" => 0,
        "open" => 1,
        "uncollectible" => 2,
        _ => 3,
    };
    Rank { certain: status * 1_000 + invoice.attempt_count.clamp(0, 999), tiebreak: invoice.amount_paid }
}
