//! What was paid for a subscription: through when, and what was given back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stripe::objects::Period;

use super::Subscription;
use crate::invoice;

/// What was refunded of a payment of an invoice, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceRefund {
    /// Invoice id.
    pub invoice: String,
    /// Refunded.
    pub refunded: i64,
    /// Lost to disputes.
    #[serde(default)]
    pub lost: i64,
}

/// What was refunded of a subscription's payments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refunded {
    /// Minor units, over all payments.
    pub amount: i64,
    /// All that was paid of its newest paid invoice was refunded or lost to disputes.
    pub in_full: bool,
}

impl Subscription {
    /// What was refunded of the payments of its invoices.
    #[must_use]
    pub fn refunded(&self) -> Refunded {
        let amount = self.refunds.values().map(|refund| refund.refunded).sum();
        let in_full = self.newest_paid().is_some_and(|(id, invoice)| {
            let of_invoice = self.refunds.values().filter(|refund| refund.invoice == *id);
            let gone: i64 = of_invoice.map(|refund| refund.refunded + refund.lost).sum();
            gone > 0 && gone >= invoice.amount_paid
        });
        Refunded { amount, in_full }
    }

    /// What is known to be refunded of a payment, `None` where that is nothing.
    #[must_use]
    pub fn refund_of(&self, payment: &str) -> Option<&InvoiceRefund> {
        self.refunds.get(payment)
    }

    /// Records what was refunded of a payment of one of its invoices.
    pub fn record_refund(&mut self, payment: &str, refund: Option<InvoiceRefund>) {
        match refund {
            Some(refund) => drop(self.refunds.insert(payment.to_owned(), refund)),
            None => drop(self.refunds.remove(payment)),
        }
    }

    /// Its newest paid invoice that pays for a period.
    fn newest_paid(&self) -> Option<(&String, &invoice::Summary)> {
        let paid = self.invoices.iter().filter(|(_, invoice)| invoice.paid);
        paid.filter(|(_, invoice)| invoice.period.is_some() || invoice.period_unknown)
            .max_by_key(|(id, invoice)| (invoice.created, invoice.period, *id))
    }

    /// Unix seconds: the end of the period that its newest paid invoice paid for. It is never beyond the current
    /// period's end, unless what is known of that period ended before the paid one began (the update that would say
    /// so has not come). An invoice of nothing but usage, which is billed when its period is over, or of prorations neither
    /// extends nor ends what others paid for in advance.
    #[must_use]
    pub fn paid_through(&self) -> Option<i64> {
        let (_, newest) = self.newest_paid()?;
        let current = self.version().and_then(|version| version.current_period_end);
        let bills_nothing_in_advance = newest.period.is_some() && newest.item_periods.is_empty();
        let in_advance = bills_nothing_in_advance.then(|| self.paid_in_advance(newest.created, current));
        if let Some(Some(end)) = in_advance {
            return Some(end);
        }
        match newest.period {
            Some(period) => {
                let end = ends_by(period, current);
                Some(self.other_intervals_end(newest).map_or(end, |other| end.min(other)))
            }
            None => current,
        }
    }

    /// The earliest end of the items that invoices paid for in advance, beyond a time in unix seconds. Of each item the
    /// newest invoice counts; one that was removed does not.
    fn paid_in_advance(&self, beyond: Option<i64>, current: Option<i64>) -> Option<i64> {
        let items = self.version().map(|version| &version.item_period_ends);
        let mut newest: BTreeMap<&str, _> = BTreeMap::new();
        for (id, invoice) in self.invoices.iter().filter(|(_, invoice)| invoice.paid) {
            for (item, period) in &invoice.item_periods {
                let known = newest.entry(item.as_str()).or_default();
                *known = (invoice.created, Some(*period), id.as_str()).max(*known);
            }
        }
        let is_there = |item: &str| item.is_empty() || items.is_none_or(|items| items.contains_key(item));
        let current = |item: &str| items.and_then(|items| *items.get(item)?).or(current);
        let newest = newest.into_iter().filter(|(item, _)| is_there(item));
        let ends = newest.filter_map(|(item, (_, period, _))| Some(ends_by(period?, current(item))));
        ends.filter(|end| Some(*end) > beyond).min()
    }

    /// The earliest end of the items that the newest paid invoice does not bill and that an earlier one paid for beyond
    /// its beginning: each interval may have its own invoices. Where the invoice has lines that its body does not show,
    /// it may bill all of them: then the current period of each stands.
    fn other_intervals_end(&self, newest: &invoice::Summary) -> Option<i64> {
        let items = &self.version()?.item_period_ends;
        let begins = newest.period?.start;
        let billed = |item: &String| newest.item_periods.contains_key(item);
        if !items.keys().any(billed) {
            return None;
        }
        let others = items.iter().filter(|(item, _)| !billed(item));
        let ends = others.filter_map(|(item, current)| {
            if newest.has_more_lines {
                return *current;
            }
            let paid = self.invoices.iter().filter(|(_, invoice)| invoice.paid);
            let of_item = paid.filter_map(|(id, i)| Some((i.created, *i.item_periods.get(item)?, id)));
            of_item.max().map(|(_, period, _)| ends_by(period, *current))
        });
        ends.filter(|end| *end > begins).min()
    }
}

/// The end of a period that was paid for, which is not beyond the current one's unless what is known of that is older.
fn ends_by(period: Period, current: Option<i64>) -> i64 {
    current.filter(|end| *end > period.start).unwrap_or(period.end).min(period.end)
}
