//! `checkout.session.*`: the customer went through (or out of) the checkout page.
//!
//! Completed never means paid by itself: a delayed method completes `unpaid` and pays or fails days later.

use stripe::objects::CheckoutSession;

use super::{Change, FETCHED, Handler, Intent, OF_A_PAYMENT};
use crate::event::Event;
use crate::keys::Keys;
use crate::link::payment_changed;
use crate::origin::OrderKey;
use crate::payment::is_purchase;
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::State;
use crate::version::{Rank, Versioned};

pub(super) const HANDLER: Handler = Handler {
    file: "checkout_session",
    types: &[
        (
            "checkout.session.completed",
            "mode payment: the order is paid, free, or under way with a delayed method; mode subscription: links the session to its subscription",
        ),
        ("checkout.session.async_payment_succeeded", "the delayed payment succeeded: the order is paid"),
        ("checkout.session.async_payment_failed", "the delayed payment failed"),
        ("checkout.session.fetched", FETCHED),
        ("checkout.session.expired", "the session expired"),
    ],
    emits: &[OF_A_PAYMENT],
    read,
};

fn read(event: &Event) -> Result<Intent, Rejection> {
    let session = CheckoutSession::read(&event.object)?;
    Ok(match (session.mode.as_str(), &session.subscription) {
        ("payment", _) | (_, Some(_)) => Session(session).into_intent(),
        _ => Intent::Ignore("no_payment_or_subscription"),
    })
}

struct Session(CheckoutSession);

impl Session {
    fn payment(&self) -> &str {
        self.0.payment_intent.as_deref().unwrap_or(&self.0.id)
    }
}

impl Change for Session {
    fn keys(&self, event: &Event, keys: &mut Keys) {
        if is_purchase(&self.0) {
            keys.payments.insert(self.payment().to_owned());
            let session = &self.0;
            let named = session.reference.order.iter().chain(&session.client_reference_id);
            keys.orders.extend(named.map(|id| OrderKey::new(&event.origin(), id)));
        } else {
            keys.subscriptions.extend(self.0.subscription.clone());
        }
    }

    fn apply(&self, event: &Event, state: &mut State, rules: &Rules) -> Result<(), Rejection> {
        let session = &self.0;
        let step = event.delta(session.clone(), rank(session), is_terminal(session));
        if let Some(subscription) = session.subscription.as_ref().filter(|_| !is_purchase(session)) {
            let subscription = state.subscriptions.touch(subscription);
            subscription.origin = event.origin();
            match &mut subscription.session {
                Some(object) => object.apply(step),
                none => *none = Some(Versioned::new(step)),
            }
            return Ok(());
        }
        let payment = state.payments.touch(self.payment());
        payment.delayed_failed |= event.kind == "checkout.session.async_payment_failed";
        Versioned::record(&mut payment.sessions, &session.id, step);
        payment_changed(state, self.payment(), event, rules);
        Ok(())
    }
}

fn is_terminal(session: &CheckoutSession) -> bool {
    session.status.as_deref() == Some("expired")
        || matches!(session.payment_status.as_deref(), Some("paid" | "no_payment_required"))
}

fn rank(session: &CheckoutSession) -> Rank {
    let sure = match session.status.as_deref() {
        Some("open") => 0,
        Some("expired") => 2,
        _ => 1,
    };
    Rank { certain: sure, tiebreak: 0 }
}
