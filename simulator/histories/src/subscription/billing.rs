//! Invoices of a subscription: drafted, finalized, paid or not.

use serde_json::{Value, json};

use super::bill::Bill;
use super::calendar::DAY;
use super::life::Life;
use super::payment::{self, Failure};
use crate::company::Company;
use crate::object::Object;
use crate::objects::{self, Line};

impl Life {
    /// A draft for the current period. [`Life::bill`] sends its event.
    pub(super) fn draft(&mut self, company: &mut Company, reason: &'static str) -> usize {
        let lines = [self.line()];
        self.draft_of(company, reason, &lines)
    }

    pub(super) fn draft_of(&mut self, company: &mut Company, reason: &'static str, lines: &[Line]) -> usize {
        let mut invoice = objects::invoice(company, &self.customer, Some(&self.sub), lines);
        invoice
            .set("billing_reason", reason)
            .set("collection_method", self.sub.value()["collection_method"].clone());
        self.bills.push(Bill::new(invoice, lines));
        self.bills.len() - 1
    }

    /// The invoice of nothing that begins a trial.
    pub(super) fn draft_trial(&mut self, company: &mut Company, end: i64) -> usize {
        let line = Line { amount: 0, period: (company.now, end), ..self.line() };
        self.draft_of(company, "subscription_create", &[line])
    }

    /// An invoice that belongs to no subscription.
    pub(super) fn draft_manual(&mut self, company: &mut Company) -> usize {
        let line = Line { period: (company.now, company.now), ..self.line() };
        let lines = [line];
        let invoice = objects::invoice(company, &self.customer, None, &lines);
        self.bills.push(Bill::new(invoice, &lines));
        self.bills.len() - 1
    }

    pub(super) fn bill(&mut self, company: &mut Company, bill: usize) {
        company.tick();
        company.emit("invoice.created", &self.bills[bill].invoice);
    }

    fn invoice(
        &mut self,
        company: &mut Company,
        bill: usize,
        also: &[&'static str],
        changes: Vec<(&str, Value)>,
    ) {
        let update = self.subscribes_to_updates.then_some("invoice.updated");
        company.step(update, also, &mut self.bills[bill].invoice, changes);
    }

    pub(super) fn finalize(&mut self, company: &mut Company, bill: usize) {
        let invoice = &self.bills[bill].invoice;
        let (id, due) = (invoice.id().to_owned(), invoice.int("amount_due"));
        let sent = invoice.text("collection_method") == "send_invoice";
        let mut changes = vec![
            ("status", Value::from("open")),
            ("effective_at", company.now.into()),
            ("ending_balance", 0.into()),
            ("number", company.ids.next("SHOP-").into()),
            ("hosted_invoice_url", format!("https://invoice.stripe.com/i/{id}").into()),
            ("invoice_pdf", format!("https://pay.stripe.com/invoice/{id}/pdf").into()),
            ("status_transitions.finalized_at", company.now.into()),
        ];
        if sent {
            changes.push(("due_date", (company.now + 30 * DAY).into()));
        }
        if due > 0 {
            let mut intent = objects::intent(company, due);
            intent.set("customer", self.customer.as_str());
            if !company.version.basil() {
                intent.set("invoice", id);
                changes.push(("payment_intent", intent.id().into()));
            }
            self.bills[bill].intent = Some(intent);
        }
        self.invoice(company, bill, &["invoice.finalized"], changes);
    }

    /// Paid by a payment (or by nothing, where nothing is due).
    pub(super) fn pay(&mut self, company: &mut Company, bill: usize) {
        let due = self.bills[bill].invoice.int("amount_due");
        let heard = self.subscribes_to_payments;
        let charge = self.intent(bill).map(|intent| payment::succeed(company, intent, heard));
        let mut changes = self.paid_changes(company, bill, due);
        if due > 0 {
            changes.push(("attempt_count", (self.bills[bill].invoice.int("attempt_count") + 1).into()));
        }
        if let (Some(charge), false) = (charge, company.version.basil()) {
            changes.push(("charge", charge.into()));
        }
        self.invoice(company, bill, &["invoice.paid", "invoice.payment_succeeded"], changes);
        let bill = &mut self.bills[bill];
        (bill.paid, bill.payment_succeeded) = (true, true);
        if let (Some(intent), true) = (&bill.intent, company.version.basil()) {
            let payment = objects::invoice_payment(company, &bill.invoice, intent.id());
            company.emit("invoice_payment.paid", &payment);
        }
    }

    /// Settled out of band: `invoice.paid` comes alone.
    pub(super) fn settle(&mut self, company: &mut Company, bill: usize) {
        let due = self.bills[bill].invoice.int("amount_due");
        let mut changes = self.paid_changes(company, bill, due);
        if !company.version.basil() {
            changes.push(("paid_out_of_band", true.into()));
        }
        self.invoice(company, bill, &["invoice.paid"], changes);
        self.bills[bill].paid = true;
        self.cancel_intent(company, bill);
    }

    fn paid_changes(&self, company: &Company, bill: usize, paid: i64) -> Vec<(&'static str, Value)> {
        let invoice = &self.bills[bill].invoice;
        let mut changes = vec![
            ("status", Value::from("paid")),
            ("amount_paid", paid.into()),
            ("amount_remaining", 0.into()),
            ("attempted", true.into()),
            ("auto_advance", false.into()),
            ("next_payment_attempt", Value::Null),
            ("status_transitions.paid_at", company.now.into()),
        ];
        if invoice.value().get("paid").is_some() {
            changes.push(("paid", true.into()));
        }
        changes
    }

    /// An attempt to pay fails. `next` is when Stripe makes the next one.
    pub(super) fn fail(&mut self, company: &mut Company, bill: usize, failure: Failure, next: Option<i64>) {
        let heard = self.subscribes_to_payments;
        if let Some(intent) = self.intent(bill) {
            payment::fail(company, intent, failure, heard);
        }
        let also: &[_] = match failure {
            Failure::Declined => &["invoice.payment_failed"],
            Failure::ActionRequired => &["invoice.payment_failed", "invoice.payment_action_required"],
        };
        let count = self.bills[bill].invoice.int("attempt_count") + 1;
        let changes = vec![
            ("attempted", Value::from(true)),
            ("attempt_count", count.into()),
            ("next_payment_attempt", next.into()),
            ("auto_advance", next.is_some().into()),
        ];
        self.invoice(company, bill, also, changes);
    }

    pub(super) fn void(&mut self, company: &mut Company, bill: usize) {
        let changes = vec![
            ("status", Value::from("void")),
            ("auto_advance", false.into()),
            ("next_payment_attempt", Value::Null),
            ("status_transitions.voided_at", company.now.into()),
        ];
        self.invoice(company, bill, &["invoice.voided"], changes);
        self.cancel_intent(company, bill);
    }

    pub(super) fn write_off(&mut self, company: &mut Company, bill: usize) {
        let changes = vec![
            ("status", Value::from("uncollectible")),
            ("auto_advance", false.into()),
            ("status_transitions.marked_uncollectible_at", company.now.into()),
        ];
        self.invoice(company, bill, &["invoice.marked_uncollectible"], changes);
    }

    fn cancel_intent(&mut self, company: &mut Company, bill: usize) {
        let heard = self.subscribes_to_payments;
        if let Some(intent) = self.intent(bill) {
            payment::cancel(company, intent, heard);
        }
    }

    /// The bill's intent, about which an event follows if the company subscribes to it.
    fn intent(&mut self, bill: usize) -> Option<&mut Object> {
        self.bills[bill].payment_seen |= self.subscribes_to_payments;
        self.bills[bill].intent.as_mut()
    }

    /// `invoice.upcoming`: a forecast, which has no id.
    pub(super) fn forecast(&mut self, company: &mut Company) {
        let next = (self.period.1, self.period.1 + (self.period.1 - self.period.0));
        let line = Line { period: next, ..self.line() };
        let mut invoice = objects::invoice(company, &self.customer, Some(&self.sub), &[line]);
        invoice
            .remove("id")
            .set("billing_reason", "upcoming")
            .set("next_payment_attempt", next.0)
            .set("lines.url", json!(format!("/v1/invoices/upcoming/lines?subscription={}", self.sub.id())));
        company.emit("invoice.upcoming", &invoice);
    }
}
