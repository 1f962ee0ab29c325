//! `payment_intent.*`: one payment from the first try to the money.

use stripe::objects::PaymentIntent;

use super::{Change, Handler};
use crate::event::Event;
use crate::link::payment_changed;
use crate::message;
use crate::order::Claim;
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::{Keys, State};
use crate::version::{Fact, Place};

pub(super) const HANDLER: Handler = Handler {
    file: "payment_intent",
    types: &[
        ("payment_intent.created", "the payment exists"),
        ("payment_intent.processing", "a delayed payment is under way"),
        ("payment_intent.requires_action", "the customer must confirm"),
        ("payment_intent.succeeded", "the money was taken: the order is paid"),
        ("payment_intent.payment_failed", "a try to pay failed"),
        ("payment_intent.canceled", "the payment was canceled"),
        ("payment_intent.amount_capturable_updated", "the money is held and can be captured"),
    ],
    tells: &[
        &message::ORDER_PAID,
        &message::ORDER_PROCESSING,
        &message::ORDER_PAYMENT_FAILED,
        &message::ORDER_CANCELED,
        &message::ORDER_EXPIRED,
    ],
    read: |event| Ok(OneIntent(PaymentIntent::read(&event.object)?).into_intent()),
};

struct OneIntent(PaymentIntent);

impl Change for OneIntent {
    fn keys(&self, keys: &mut Keys) {
        keys.payments.insert(self.0.id.clone());
        keys.orders.extend(self.0.reference.order.clone());
    }

    fn apply(&self, event: &Event, state: &mut State, rules: &Rules) -> Result<(), Rejection> {
        let intent = &self.0;
        let last = matches!(intent.status.as_str(), "succeeded" | "canceled");
        let step = event.step(intent.clone(), place(intent), last);
        let payment = state.payments.touch(&intent.id);
        payment.try_failed |= event.kind == "payment_intent.payment_failed";
        match &mut payment.intent {
            Some(fact) => fact.observe(step),
            none => *none = Some(Fact::new(step)),
        }
        let claim =
            Claim { reference: intent.reference.clone(), names_order: intent.reference.order.is_some() };
        payment_changed(state, &intent.id, &claim, rules)
    }
}

/// Until it succeeds or is canceled a payment intent goes round between its statuses with every new try.
fn place(intent: &PaymentIntent) -> Place {
    let guess = match intent.status.as_str() {
        "requires_capture" => 3,
        "processing" => 2,
        "requires_action" | "requires_source_action" => 1,
        _ => 0,
    };
    Place { sure: 0, guess }
}
