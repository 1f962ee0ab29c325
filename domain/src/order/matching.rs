//! Which payments count for an order. A payment that does not match is held: its money is recorded, and the order
//! does not count it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::sums::{is_captured, rank};
use super::{Expected, Order};
use crate::payment::{HeldReason, Status as PaymentStatus, Summary};
use crate::rules::{OrdersPolicy, Rules, reference_code};

/// Split payments that are looked at for those that make up the price.
pub(super) const PARTS: usize = 12;

/// Payments without money that an order remembers.
const IDLE_PAYMENTS: usize = 20;

impl Order {
    /// Decides anew which payments are held: a function of the payments, of what was registered and of what staff
    /// accepted. Where that may change for payments in rows, it is decided over all payments.
    pub fn decide_held(&mut self, id: &str, rules: &Rules) {
        let same_basis = !self.payments.in_rows() || self.payments.sums().basis == self.basis(rules);
        if same_basis {
            self.hold(id, rules);
        }
        if (!same_basis || !self.rest_stands()) && self.recall_all() {
            self.hold(id, rules);
        }
    }

    fn hold(&mut self, id: &str, rules: &Rules) {
        let mut held = BTreeMap::new();
        for (payment, summary) in self.payments.iter().filter(|(_, summary)| matters(summary)) {
            if let Some(reason) =
                self.mismatch(id, summary, rules).filter(|_| !self.accepted.contains(payment))
            {
                held.insert(payment.clone(), reason);
            }
        }
        self.held = held;
        if let Some(expected) = self.expected.clone() {
            self.hold_wrong_amounts(&expected);
        } else {
            self.hold_other_currencies();
        }
    }

    /// Forgets payments without money beyond a number: what hundreds of declined cards of one order say, twenty of them
    /// say as well. Kept are the failed ones before canceled, expired and open ones, and of these the first by Stripe's
    /// time.
    pub fn forget_idle_payments(&mut self) {
        let idle = self.payments.iter().filter(|(_, summary)| !matters(summary));
        let rank = |(id, summary): (&String, &Summary)| {
            let worst_first = match summary.status {
                PaymentStatus::Failed => 0,
                PaymentStatus::Canceled => 1,
                PaymentStatus::Expired => 2,
                _ => 3,
            };
            (worst_first, summary.created, id.clone())
        };
        let mut ranked: Vec<_> = idle.map(rank).collect();
        ranked.sort_unstable();
        for (.., id) in ranked.into_iter().skip(IDLE_PAYMENTS) {
            self.payments.remove(&id);
        }
    }

    /// What does not match, but for the amount.
    pub(super) fn mismatch(&self, id: &str, payment: &Summary, rules: &Rules) -> Option<HeldReason> {
        let payment = self.in_own_currency(payment);
        let expected = self.expected.as_ref();
        if expected.is_none() && rules.orders == OrdersPolicy::Require {
            return Some(HeldReason::OrderNotFound);
        }
        if let Some(expected) = expected {
            if payment.currency.as_ref().is_some_and(|currency| *currency != expected.currency) {
                return Some(HeldReason::CurrencyMismatch);
            }
            if !customer_matches(expected, &payment) {
                return Some(HeldReason::CustomerMismatch);
            }
        }
        (!code_matches(id, expected, &payment, rules)).then_some(HeldReason::ReferenceCodeMismatch)
    }

    /// A payment matches by itself, or with other captured payments of the order: split payments count together. Where
    /// more was paid than the price, those that make it up count, the first by Stripe's time.
    fn hold_wrong_amounts(&mut self, expected: &Expected) {
        let mut captured: Vec<_> =
            self.other_amounts(expected).filter(|(_, payment)| is_captured(payment)).collect();
        captured.sort_by_cached_key(|(id, payment)| rank(id, payment));
        captured.truncate(PARTS);
        let amounts: Vec<i64> = captured.iter().map(|(_, payment)| payment.paid).collect();
        let parts = parts_of(expected.amount, &amounts).unwrap_or_default();
        let parts: BTreeSet<&str> = parts.into_iter().map(|at| captured[at].0).collect();
        let wrong = self.other_amounts(expected).filter(|(id, _)| !parts.contains(id));
        let wrong: Vec<_> = wrong.map(|(id, _)| (id.to_owned(), HeldReason::AmountMismatch)).collect();
        self.held.extend(wrong);
    }

    /// The payments in the document that match but for the amount.
    pub(super) fn other_amounts<'a>(
        &'a self,
        expected: &'a Expected,
    ) -> impl Iterator<Item = (&'a str, Cow<'a, Summary>)> {
        let mismatch = |id: &str| self.held.get(id).is_some_and(|held| *held != HeldReason::AmountMismatch);
        let matching = self
            .payments
            .iter()
            .filter(move |(id, summary)| matters(summary) && !mismatch(id) && !self.accepted.contains(*id));
        matching
            .map(|(id, summary)| (id.as_str(), self.in_own_currency(summary)))
            .filter(|(_, payment)| !amount_matches(expected, payment))
    }

    /// Sums of two currencies are never added: the first payment's is the order's.
    fn hold_other_currencies(&mut self) {
        let Some(currency) = self.leading().and_then(|payment| payment.currency.clone()) else { return };
        let other = |(id, payment): (&str, Cow<'_, Summary>)| {
            let accepted = self.accepted.contains(id);
            let other = payment.currency.as_ref().is_some_and(|of| *of != currency);
            (other && matters(&payment) && !accepted).then(|| (id.to_owned(), HeldReason::CurrencyMismatch))
        };
        let held: Vec<_> = self.counted().filter_map(other).collect();
        self.held.extend(held);
    }
}

/// Whether it changes what its order amounts to: money is captured or about to be, was refunded, or is disputed.
pub(super) fn matters(payment: &Summary) -> bool {
    let under_way =
        matches!(payment.status, PaymentStatus::Paid | PaymentStatus::Authorized | PaymentStatus::Processing);
    under_way || payment.refunded != 0 || payment.dispute.is_some()
}

/// Which of the amounts make up a price exactly, the earliest first; `None` where none do.
fn parts_of(price: i64, amounts: &[i64]) -> Option<Vec<usize>> {
    if price == 0 {
        return Some(Vec::new());
    }
    amounts.iter().enumerate().filter(|(_, amount)| **amount <= price).find_map(|(at, amount)| {
        let rest = parts_of(price - amount, &amounts[at + 1..])?;
        Some(std::iter::once(at).chain(rest.into_iter().map(|later| at + 1 + later)).collect())
    })
}

/// What was asked for, what was captured, the whole of an invoice, the price before discounts, tax, shipping and tip, or
/// what Stripe's own figures leave as the price otherwise.
pub(super) fn amount_matches(expected: &Expected, payment: &Summary) -> bool {
    let captured = (payment.status == PaymentStatus::Paid).then_some(payment.paid);
    let known = [payment.amount, captured, payment.invoiced, payment.subtotal];
    // Nothing but a refund or dispute is known: the payment itself will show its amount.
    known == [None; 4] || known.contains(&Some(expected.amount)) || payment.prices.contains(&expected.amount)
}

/// Compares like with like: the company's own customer ids with each other, and Stripe's (`cus_…`) with each
/// other. A payment that names none of the order's kind (a guest's, say) passes.
fn customer_matches(expected: &Expected, payment: &Summary) -> bool {
    let Some(customer) = &expected.customer else { return true };
    let of_stripe = |id: &str| id.starts_with("cus_");
    let mut named =
        payment.customers.iter().filter(|named| of_stripe(named) == of_stripe(customer)).peekable();
    named.peek().is_none() || named.any(|named| named == customer)
}

/// Without `REFERENCE_SECRET` a code is only compared where both sides have one. With it, the payment must carry the
/// right one beside the order's id: over the registered price, else over what was asked for, before or after
/// discounts, tax, shipping and credit.
fn code_matches(id: &str, expected: Option<&Expected>, payment: &Summary, rules: &Rules) -> bool {
    let carried = payment.code.as_deref();
    let registered = expected.and_then(|expected| expected.reference_code.as_deref());
    if let (Some(registered), Some(carried)) = (registered, carried)
        && !same(registered, carried)
    {
        return false;
    }
    let Some(secret) = &rules.reference_secret else { return true };
    let Some(carried) = carried else { return false };
    if let Some(expected) = expected {
        return is_code(secret, id, expected.amount, &expected.currency, carried);
    }
    let Some(currency) = payment.currency.as_deref() else { return false };
    let amounts = [payment.amount, payment.price, payment.subtotal].into_iter().flatten();
    amounts.chain(payment.prices.iter().copied()).any(|amount| is_code(secret, id, amount, currency, carried))
}

fn is_code(secret: &SecretString, id: &str, amount: i64, currency: &str, code: &str) -> bool {
    debug_assert!(!secret.expose_secret().is_empty(), "settings refuse an empty secret");
    same(code, &reference_code(secret, id, amount, currency))
}

fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
