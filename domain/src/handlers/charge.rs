//! `charge.*`: one try to take money, and what was given back of it.

use stripe::objects::Charge;

use super::{Change, Handler, refund};
use crate::event::Event;
use crate::link::{self, payment_changed};
use crate::message;
use crate::order::Claim;
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::{Keys, State};
use crate::version::{Fact, Place};

pub(super) const HANDLER: Handler = Handler {
    file: "charge",
    types: &[
        ("charge.succeeded", "a try took the money, or holds it"),
        ("charge.failed", "a try failed"),
        ("charge.captured", "held money was taken"),
        ("charge.expired", "a hold ran out"),
        ("charge.pending", "a delayed payment is under way"),
        ("charge.updated", "the newest version of the charge"),
        ("charge.refunded", "adds to what was given back, in part or in full"),
    ],
    tells: &[
        &message::ORDER_PAID,
        &message::ORDER_PROCESSING,
        &message::ORDER_PAYMENT_FAILED,
        &message::ORDER_PARTIALLY_REFUNDED,
        &message::ORDER_REFUNDED,
        &message::REFUND_CREATED,
    ],
    read: |event| Ok(OneCharge(Charge::read(&event.object)?).into_intent()),
};

struct OneCharge(Charge);

impl OneCharge {
    fn belongs(&self) -> link::Place {
        link::Place {
            payment_intent: self.0.payment_intent.clone(),
            charge: Some(self.0.id.clone()),
            own_id: self.0.id.clone(),
        }
    }
}

impl Change for OneCharge {
    fn keys(&self, keys: &mut Keys) {
        self.belongs().keys(keys);
        keys.orders.extend(self.0.reference.order.clone());
    }

    fn apply(&self, event: &Event, state: &mut State, rules: &Rules) -> Result<(), Rejection> {
        let charge = &self.0;
        let id = self.belongs().payment(state);
        let payment = state.payments.touch(&id);
        payment.try_failed |= event.kind == "charge.failed";
        if event.kind == "charge.refunded" {
            let issued = payment.issued.entry(charge.id.clone()).or_default();
            let to = charge.given_back(charge.amount_refunded);
            match event.previous.as_ref().and_then(|p| p.get("amount_refunded")?.as_i64()) {
                Some(from) => {
                    issued.steps.insert((charge.given_back(from), to));
                }
                None => issued.told = issued.told.max(to),
            }
        }
        let mut view = charge.clone();
        view.refunds.clear();
        Fact::tell(&mut payment.charges, &charge.id, event.step(view, place(charge), false));
        for inner in &charge.refunds {
            let last = inner.undone();
            let state = serde_json::to_value(inner).unwrap_or_default();
            let step = event.visit(&inner.id, &state, inner.clone(), refund::place(inner, false), last);
            Fact::tell(&mut payment.refunds, &inner.id, step);
        }
        let claim =
            Claim { reference: charge.reference.clone(), names_order: charge.reference.order.is_some() };
        payment_changed(state, &id, &claim, rules)
    }
}

/// A charge is decided once, captured once, and then only grows in what was given back (or shrinks again
/// when a refund fails, which is why that is only a guess).
fn place(charge: &Charge) -> Place {
    let decided = i64::from(charge.status != "pending");
    Place { sure: decided + i64::from(charge.captured && decided == 1), guess: charge.amount_refunded }
}
