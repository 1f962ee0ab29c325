//! The payments of an order that are in rows of their own: which are moved there, and when all are needed.
//!
//! It must never move a payment that staff accepted, nor one that speaks for the order.

use std::collections::BTreeSet;

use serde_json::json;

use super::matching::{PARTS, amount_matches, matters};
use super::sums::{Group, PaymentRow, Rank, Sums, is_captured, rank};
use super::{Order, Rest};
use crate::payment::{HeldReason, Summary};
use crate::rules::{OrdersPolicy, Rules, reference_code};
use crate::version::digest;

impl Order {
    /// Takes in what a payment amounts to now.
    pub(crate) fn record(&mut self, id: &str, payment: Summary) {
        self.payments.take(id);
        self.payments.insert(id.to_owned(), payment);
    }

    /// Staff accept a payment as it is.
    pub fn accept(&mut self, id: &str) {
        if let Some(row) = self.payments.take(id) {
            self.payments.insert(id.to_owned(), row.summary.clone());
        }
        self.accepted.insert(id.to_owned());
    }

    /// Forgets a payment that names another order now.
    pub(crate) fn remove(&mut self, id: &str) {
        self.payments.take(id);
        self.payments.remove(id);
    }

    /// Moves payments with money beyond a number to rows. Those that count stay before those that do not, and of these
    /// the ones that come first.
    pub(crate) fn move_to_rows(&mut self, id: &str, rules: &Rules) {
        let movable = self.payments.iter().filter(|(id, p)| matters(p) && !self.accepted.contains(*id));
        let mut ranked: Vec<_> = movable.map(|(id, p)| (self.held.contains_key(id), rank(id, p))).collect();
        let kept = rules.kept_parts.0;
        if ranked.len() <= kept {
            return;
        }
        ranked.sort_unstable();
        let mut stay = self.first_other_amounts();
        // It speaks for the order where those do not count that may yet move to another.
        let certain = self.counted().filter(|(_, payment)| !payment.provisional);
        stay.extend(certain.map(|(id, payment)| rank(id, &payment)).min().map(|(.., id)| id));
        let moved = ranked.into_iter().skip(kept).map(|(_, (.., payment))| payment);
        let moved: Vec<String> = moved.filter(|payment| !stay.contains(payment)).collect();
        for payment in moved {
            if let Some(summary) = self.payments.remove(&payment) {
                let held = self.held.remove(&payment);
                let row = self.row(id, summary, held, rules);
                self.payments.put(&payment, row);
            }
        }
        if self.payments.in_rows() {
            self.payments.sums_mut().basis = self.basis(rules);
        }
    }

    /// Every payment that the batch knows, and why it does not count.
    pub fn known_payments(&self) -> impl Iterator<Item = (&str, &Summary, Option<HeldReason>)> {
        let kept =
            self.payments.iter().map(|(id, payment)| (id.as_str(), payment, self.held.get(id).copied()));
        kept.chain(self.payments.rows().map(|(id, row)| (id, &row.summary, row.group.held)))
    }

    /// A payment that the batch knows, and why it does not count.
    #[must_use]
    pub fn known_payment(&self, id: &str) -> Option<(&Summary, Option<HeldReason>)> {
        let kept = self.payments.get(id).map(|payment| (payment, self.held.get(id).copied()));
        kept.or_else(|| self.payments.row(id).map(|row| (&row.summary, row.group.held)))
    }

    /// The known payments that differ from what they were, or are held for another reason.
    pub(super) fn changed_payments<'a>(&'a self, before: &'a Self) -> BTreeSet<&'a str> {
        let kept = self.payments.keys().map(String::as_str);
        let rows = self.payments.new_rows(&before.payments).map(|(id, _)| id);
        kept.chain(rows).filter(|id| self.known_payment(id) != before.known_payment(id)).collect()
    }

    /// What the payments in rows that count add up to.
    pub(super) fn counted_in_rows(&self) -> Sums {
        self.in_groups(|group| group.held.is_none())
    }

    /// The payments that may make up the price of a registered order together.
    fn first_other_amounts(&self) -> BTreeSet<String> {
        self.ranked_other_amounts().into_iter().take(PARTS).map(|(.., id)| id).collect()
    }

    fn ranked_other_amounts(&self) -> Vec<Rank> {
        let others = self.expected.iter().flat_map(|expected| self.other_amounts(expected));
        let captured = others.filter(|(_, payment)| is_captured(payment));
        let mut ranked: Vec<_> = captured.map(|(id, payment)| rank(id, &payment)).collect();
        ranked.sort_unstable();
        ranked
    }

    /// Whether an event that is still missing may move one of the payments to another order.
    pub(super) fn has_provisional_payments(&self) -> bool {
        let in_rows = self.in_groups(|group| group.provisional).payments > 0;
        in_rows || self.payments.values().any(|payment| payment.provisional)
    }

    /// How many payments do not count.
    pub(super) fn held_payments(&self) -> u64 {
        self.held.len() as u64 + self.in_groups(|group| group.held.is_some()).payments
    }

    fn in_groups(&self, of: impl Fn(&Group) -> bool) -> Sums {
        let mut sums = Sums::default();
        self.payments.sums().groups.iter().filter(|(group, _)| of(group)).for_each(|(_, of)| sums += of);
        sums
    }

    /// Takes every payment into the document, to be decided anew; see `Parts::take_all`.
    pub(super) fn recall_all(&mut self) -> bool {
        let Some(rows) = self.payments.take_all() else { return false };
        for (id, row) in rows {
            self.payments.insert(id.to_string(), row.summary.clone());
        }
        true
    }

    /// Whether what was decided about the payments in rows still holds, and none of them may speak for the order.
    pub(super) fn rest_stands(&self) -> bool {
        if !self.payments.in_rows() {
            return true;
        }
        let Rest { groups, first, first_other_amount, .. } = self.payments.sums();
        let leads = |certain: bool| {
            let counted = self.counted().filter(|(_, payment)| !certain || !payment.provisional);
            let leading = counted.map(|(id, payment)| rank(id, &payment)).min();
            first.as_ref().is_none_or(|first| leading.is_some_and(|leading| leading <= *first))
        };
        let others = self.ranked_other_amounts();
        let splits = first_other_amount
            .as_ref()
            .is_none_or(|first| others.get(PARTS - 1).is_some_and(|last| last <= first));
        splits
            && leads(false)
            && (!self.has_provisional_payments() || leads(true))
            && groups.iter().all(|(group, _)| self.held_now(group) == group.held)
    }

    fn held_now(&self, group: &Group) -> Option<HeldReason> {
        if group.mismatch.is_some() || self.expected.is_some() {
            return group.mismatch.or(group.other_amount.then_some(HeldReason::AmountMismatch));
        }
        let leading = self.leading().and_then(|payment| payment.currency.clone());
        let other = group.currency.is_some() && leading.is_some() && group.currency != leading;
        other.then_some(HeldReason::CurrencyMismatch)
    }

    fn row(&self, id: &str, summary: Summary, held: Option<HeldReason>, rules: &Rules) -> PaymentRow {
        let own = self.in_own_currency(&summary);
        let expected = self.expected.as_ref();
        let group = Group {
            mismatch: self.mismatch(id, &summary, rules),
            other_amount: expected.is_some_and(|expected| !amount_matches(expected, &own)),
            provisional: summary.provisional,
            currency: own.currency.clone(),
            held,
        };
        let sums = Sums::of(&own, expected, false);
        PaymentRow { group, sums, summary }
    }

    /// A digest of what decides which payments count. The secret shows only as a code under it.
    pub(super) fn basis(&self, rules: &Rules) -> String {
        let expected = self.expected.as_ref();
        digest(&json!({
            "customer": expected.map(|expected| &expected.customer),
            "amount": expected.map(|expected| expected.amount),
            "currency": expected.map(|expected| &expected.currency),
            "reference_code": expected.map(|expected| &expected.reference_code),
            "require": rules.orders == OrdersPolicy::Require,
            "secret": rules.reference_secret.as_ref().map(|secret| reference_code(secret, "", 0, "")),
        }))
    }
}

#[cfg(test)]
mod tests;
