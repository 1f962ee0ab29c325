//! `invoice.*`: what a subscription owes, tried to collect, and was paid.
//!
//! `invoice.payment_succeeded` is the company's hook for provisioning. `invoice.paid` comes besides, and
//! alone when the invoice was settled out of band: it extends access too, but is not a payment.

use stripe::objects::Invoice;

use super::{Change, Handler, Intent};
use crate::event::Event;
use crate::link::invoice_changed;
use crate::message;
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::{Keys, State};
use crate::version::{Fact, Place};

pub(super) const HANDLER: Handler = Handler {
    file: "invoice",
    types: &[
        ("invoice.created", "a draft of what is owed"),
        ("invoice.finalized", "what is owed stands"),
        ("invoice.updated", "the newest version of the invoice"),
        ("invoice.paid", "settled, by a payment or out of band: extends what is paid for"),
        ("invoice.payment_succeeded", "paid by a payment"),
        ("invoice.payment_failed", "a try to collect failed"),
        ("invoice.payment_action_required", "the customer must confirm"),
        ("invoice.voided", "nothing is owed after all"),
        ("invoice.marked_uncollectible", "given up"),
        ("invoice.upcoming", "a forecast without an id: recorded as ignored (`forecast`)"),
        ("invoice.overdue", "the newest version of the invoice"),
    ],
    tells: &[
        &message::SUBSCRIPTION_PAYMENT_SUCCEEDED,
        &message::SUBSCRIPTION_INVOICE_SETTLED,
        &message::SUBSCRIPTION_PAYMENT_FAILED,
        &message::SUBSCRIPTION_PAYMENT_ACTION_REQUIRED,
    ],
    read,
};

fn read(event: &Event) -> Result<Intent, Rejection> {
    let invoice = Invoice::read(&event.object)?;
    if event.kind == "invoice.upcoming" {
        return Ok(Intent::Ignore("forecast"));
    }
    let id = invoice.need_id()?.to_owned();
    Ok(match &invoice.subscription {
        None => Intent::Ignore("no_subscription"),
        Some(_) => OneInvoice { id, invoice }.into_intent(),
    })
}

struct OneInvoice {
    id: String,
    invoice: Invoice,
}

impl Change for OneInvoice {
    fn keys(&self, keys: &mut Keys) {
        keys.invoices.insert(self.id.clone());
        keys.subscriptions.extend(self.invoice.subscription.clone());
    }

    fn apply(&self, event: &Event, state: &mut State, _rules: &Rules) -> Result<(), Rejection> {
        let version = &self.invoice;
        let last = matches!(version.status.as_str(), "paid" | "void");
        let step = event.step(version.clone(), place(version), last);
        let invoice = state.invoices.touch(&self.id);
        match event.kind.as_str() {
            "invoice.payment_succeeded" => invoice.payment_succeeded = true,
            "invoice.paid" => invoice.settled = true,
            "invoice.payment_action_required" => invoice.action_required = true,
            "invoice.payment_failed" => {
                let failed = (version.attempt_count, version.next_payment_attempt);
                invoice.failed = invoice.failed.max(Some(failed));
            }
            _ => {}
        }
        match &mut invoice.fact {
            Some(fact) => fact.observe(step),
            none => *none = Some(Fact::new(step)),
        }
        invoice_changed(state, &self.id);
        Ok(())
    }
}

/// An invoice only goes forward, and counts its tries.
fn place(invoice: &Invoice) -> Place {
    let status = match invoice.status.as_str() {
        "draft" => 0,
        "open" => 1,
        "uncollectible" => 2,
        _ => 3,
    };
    Place { sure: status * 1_000 + invoice.attempt_count.clamp(0, 999), guess: invoice.amount_paid }
}
