//! `payment_intent.*`: one payment from the first attempt to the money.

use stripe::objects::PaymentIntent;

use super::{Change, FETCHED, Handler, OF_A_PAYMENT};
use crate::event::Event;
use crate::keys::Keys;
use crate::link::{PaymentRef, payment_changed};
use crate::origin::OrderKey;
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::State;
use crate::version::{Rank, Versioned};

pub(super) const HANDLER: Handler = Handler {
    file: "payment_intent",
    types: &[
        ("payment_intent.created", "the payment exists"),
        ("payment_intent.processing", "a delayed payment is under way"),
        ("payment_intent.requires_action", "the customer must confirm the payment"),
        ("payment_intent.succeeded", "the money was captured: the order is paid"),
        ("payment_intent.payment_failed", "an attempt to pay failed"),
        ("payment_intent.fetched", FETCHED),
        ("payment_intent.canceled", "the payment was canceled"),
        ("payment_intent.amount_capturable_updated", "the money is authorized and can be captured"),
    ],
    emits: &[OF_A_PAYMENT],
    read: |event| Ok(OneIntent(PaymentIntent::read(&event.object)?).into_intent()),
};

struct OneIntent(PaymentIntent);

impl OneIntent {
    /// Its charge is joined to it, for a dispute may name nothing but the charge.
    fn belongs(&self) -> PaymentRef {
        PaymentRef {
            payment_intent: Some(self.0.id.clone()),
            charge: self.0.latest_charge.clone(),
            own_id: self.0.id.clone(),
        }
    }
}

impl Change for OneIntent {
    fn keys(&self, event: &Event, keys: &mut Keys) {
        self.belongs().keys(keys);
        keys.orders.extend(self.0.reference.order.iter().map(|id| OrderKey::new(&event.origin(), id)));
    }

    fn apply(&self, event: &Event, state: &mut State, rules: &Rules) -> Result<(), Rejection> {
        let intent = &self.0;
        let is_terminal = matches!(intent.status.as_str(), "succeeded" | "canceled");
        let step = event.delta(intent.clone(), rank(intent), is_terminal);
        let id = self.belongs().payment(state);
        let payment = state.payments.touch(&id);
        if event.kind == "payment_intent.payment_failed" {
            payment.attempt_failed = payment.attempt_failed.max(Some(event.created));
        }
        match &mut payment.intent {
            Some(object) => object.apply(step),
            none => *none = Some(Versioned::new(step)),
        }
        state.payments.touch(&id).forget_failed_charges();
        payment_changed(state, &id, event, rules);
        Ok(())
    }
}

/// Until it succeeds or is canceled a payment intent goes round between its statuses with every new attempt.
fn rank(intent: &PaymentIntent) -> Rank {
    let tiebreak = match intent.status.as_str() {
        "requires_capture" => 3,
        "processing" => 2,
        "requires_action" => 1,
        _ => 0,
    };
    Rank { certain: 0, tiebreak }
}
