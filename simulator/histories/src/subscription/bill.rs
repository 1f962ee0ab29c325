//! One invoice of a subscription, and what must come of it.

use std::collections::BTreeMap;

use super::payment;
use crate::company::Company;
use crate::expected_state::ExpectedInvoice;
use crate::object::Object;
use crate::objects::Line;

/// An invoice on its way.
#[derive(Debug)]
pub(crate) struct Bill {
    pub(super) invoice: Object,
    pub(super) intent: Option<Object>,
    pub(super) period_end: Option<i64>,
    pub(super) paid: bool,
    pub(super) payment_succeeded: bool,
    /// Whether any event showed its payment intent.
    pub(super) payment_seen: bool,
}

/// Of each item the latest end of what is bought, and of the items the earliest; usage that is over counts where there is
/// nothing else.
fn period_end(lines: &[Line], created: i64) -> Option<i64> {
    let mut by_item: BTreeMap<usize, i64> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.amount >= 0 && !line.fee) {
        let end = by_item.entry(line.item).or_insert(line.period.1);
        *end = line.period.1.max(*end);
    }
    let in_advance = by_item.values().filter(|end| **end > created).min();
    in_advance.or_else(|| by_item.values().min()).copied()
}

impl Bill {
    pub(super) fn new(invoice: Object, lines: &[Line]) -> Self {
        let period_end = period_end(lines, invoice.int("created"));
        Self { invoice, intent: None, period_end, paid: false, payment_succeeded: false, payment_seen: false }
    }

    /// What must come of it.
    pub(super) fn expected_state(
        self,
        company: &mut Company,
        subscription: Option<String>,
        customer: &str,
    ) -> ExpectedInvoice {
        const STATUSES: [&str; 5] = ["draft", "open", "paid", "void", "uncollectible"];
        if let Some(intent) = self.intent.as_ref().filter(|_| self.payment_seen) {
            payment::write_down(company, intent);
        }
        let status = self.invoice.text("status");
        ExpectedInvoice {
            id: self.invoice.id().to_owned(),
            subscription,
            customer: customer.to_owned(),
            status: STATUSES.into_iter().find(|known| *known == status).unwrap_or("draft"),
            amount_due: self.invoice.int("amount_due"),
            amount_paid: self.invoice.int("amount_paid"),
            currency: company.currency.code,
            attempt_count: self.invoice.int("attempt_count"),
            paid: self.paid,
            payment_succeeded: self.payment_succeeded,
            period_end: self.period_end,
            hides_lines: company.hidden_lines.contains_key(self.invoice.id()),
        }
    }
}
