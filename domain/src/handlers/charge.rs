//! `charge.*`: one attempt to take money, and what was refunded of it.

use stripe::objects::Charge;

use super::{Change, FETCHED, Handler, OF_A_PAYMENT, refund};
use crate::event::Event;
use crate::keys::Keys;
use crate::link::{self, payment_changed};
use crate::origin::OrderKey;
use crate::payment::RefundedStep;
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::State;
use crate::version::{Rank, Versioned};

pub(super) const HANDLER: Handler = Handler {
    file: "charge",
    types: &[
        ("charge.succeeded", "an attempt captured or authorized the money"),
        ("charge.failed", "an attempt failed"),
        ("charge.captured", "authorized money was captured"),
        ("charge.expired", "an authorization expired"),
        ("charge.pending", "a delayed payment is under way"),
        ("charge.updated", "the newest version of the charge"),
        ("charge.fetched", FETCHED),
        ("charge.refunded", "adds to what was refunded, in part or in full"),
    ],
    emits: &[OF_A_PAYMENT],
    read: |event| Ok(OneCharge(Charge::read(&event.object)?).into_intent()),
};

struct OneCharge(Charge);

impl OneCharge {
    fn belongs(&self) -> link::PaymentRef {
        link::PaymentRef {
            payment_intent: self.0.payment_intent.clone(),
            charge: Some(self.0.id.clone()),
            own_id: self.0.id.clone(),
        }
    }
}

impl Change for OneCharge {
    fn keys(&self, event: &Event, keys: &mut Keys) {
        self.belongs().keys(keys);
        keys.refunds.extend(self.0.refunds.iter().map(|refund| refund.id.clone()));
        keys.orders.extend(self.0.reference.order.iter().map(|id| OrderKey::new(&event.origin(), id)));
    }

    fn apply(&self, event: &Event, state: &mut State, rules: &Rules) -> Result<(), Rejection> {
        let charge = &self.0;
        let id = self.belongs().payment(state);
        let payment = state.payments.touch(&id);
        if event.kind == "charge.failed" {
            payment.attempt_failed = payment.attempt_failed.max(Some(event.created));
        } else if event.observed && charge.status == "failed" {
            // When it failed is not known; it was not before it was made.
            payment.attempt_failed = payment.attempt_failed.max(charge.created);
        }
        if matches!(event.kind.as_str(), "charge.succeeded" | "charge.pending" | "charge.captured") {
            payment.attempts.entry(charge.id.clone()).or_default().record(event, charge);
        }
        let before = event.previous.as_ref().and_then(|p| p.get("amount_refunded")?.as_i64());
        let shows_refunds = event.observed && charge.amount_refunded > 0;
        if event.kind == "charge.refunded" || before.is_some() || shows_refunds {
            let steps = payment.refunded_amounts.entry(charge.id.clone()).or_default();
            let mut reach = |amount: i64, from| {
                let step = RefundedStep::new(from, event.created, event.observed);
                steps.entry(amount).or_insert_with(|| step.clone()).merge(&step);
            };
            reach(charge.amount_refunded, before);
            before.into_iter().filter(|before| *before > 0).for_each(|before| reach(before, None));
        }
        if charge.captured && charge.amount_refunded < charge.released() {
            let captured = charge.captured_amount();
            let known = payment.release_not_counted.entry(charge.id.clone()).or_insert(captured);
            *known = captured.max(*known);
        }
        let mut view = charge.clone();
        view.refunds.clear();
        Versioned::record(&mut payment.charges, &charge.id, event.delta(view, rank(charge), false));
        payment.forget_failed_charges();
        for inner in &charge.refunds {
            let is_terminal = inner.undone();
            let state = serde_json::to_value(inner).unwrap_or_default();
            let step = event.visit(&inner.id, &state, inner.clone(), refund::rank(inner, false), is_terminal);
            payment.record_refund(&inner.id, step);
        }
        payment_changed(state, &id, event, rules);
        Ok(())
    }
}

/// A charge is decided once, captured once, and then only grows in what was refunded (or shrinks again
/// when a refund fails, which is why that is only a tiebreak).
fn rank(charge: &Charge) -> Rank {
    let decided = i64::from(charge.status != "pending");
    Rank { certain: decided + i64::from(charge.captured && decided == 1), tiebreak: charge.amount_refunded }
}
