//! `refund.*` and `charge.refund.updated`: money on its way back, which may yet fail after it succeeded.

use stripe::objects::Refund;

use super::{Change, FETCHED, Handler, OF_A_PAYMENT};
use crate::event::Event;
use crate::keys::Keys;
use crate::link::{self, payment_changed};
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::State;
use crate::version::Rank;

pub(super) const HANDLER: Handler = Handler {
    file: "refund",
    types: &[
        ("refund.created", "the refund exists"),
        ("refund.updated", "the newest version of the refund"),
        ("refund.fetched", FETCHED),
        ("refund.failed", "the refund failed: its money counts as paid again"),
        ("charge.refund.updated", "as `refund.updated`, before 2024-10-28.acacia"),
    ],
    emits: &[OF_A_PAYMENT],
    read: |event| Ok(OneRefund(Refund::read(&event.object)?).into_intent()),
};

struct OneRefund(Refund);

impl OneRefund {
    fn belongs(&self) -> link::PaymentRef {
        link::PaymentRef {
            payment_intent: self.0.payment_intent.clone(),
            charge: self.0.charge.clone(),
            own_id: self.0.id.clone(),
        }
    }
}

impl Change for OneRefund {
    fn keys(&self, _event: &Event, keys: &mut Keys) {
        self.belongs().keys(keys);
        keys.refunds.insert(self.0.id.clone());
    }

    fn apply(&self, event: &Event, state: &mut State, rules: &Rules) -> Result<(), Rejection> {
        let refund = &self.0;
        let id = self.belongs().payment(state);
        let payment = state.payments.touch(&id);
        let step = event.delta(refund.clone(), rank(refund, true), refund.undone());
        payment.record_refund(&refund.id, step);
        payment_changed(state, &id, event, rules);
        Ok(())
    }
}

/// Where a refund stands in its life. A copy inside a charge says less than the refund's own event.
pub(super) fn rank(refund: &Refund, own_event: bool) -> Rank {
    let status = match refund.status.as_str() {
        "pending" => 0,
        "requires_action" => 1,
        "succeeded" => 2,
        "failed" | "canceled" => 3,
        _ => 1,
    };
    Rank { certain: status * 2 + i64::from(own_event), tiebreak: 0 }
}
