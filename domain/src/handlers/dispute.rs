//! `charge.dispute.*`: the customer's bank asks for the money back.

use stripe::objects::Dispute;

use super::{Change, FETCHED, Handler, OF_A_PAYMENT};
use crate::event::Event;
use crate::keys::Keys;
use crate::link::{self, payment_changed};
use crate::payment::DisputeState;
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::State;
use crate::version::Rank;

pub(super) const HANDLER: Handler = Handler {
    file: "dispute",
    types: &[
        ("charge.dispute.created", "a dispute or an inquiry was opened"),
        ("charge.dispute.updated", "the newest version of the dispute"),
        ("charge.dispute.fetched", FETCHED),
        ("charge.dispute.closed", "won, lost, or an inquiry that was closed"),
        ("charge.dispute.funds_withdrawn", "the disputed money was withdrawn"),
        ("charge.dispute.funds_reinstated", "the disputed money was reinstated"),
    ],
    emits: &[OF_A_PAYMENT],
    read: |event| Ok(OneDispute(Dispute::read(&event.object)?).into_intent()),
};

struct OneDispute(Dispute);

impl OneDispute {
    fn belongs(&self) -> link::PaymentRef {
        link::PaymentRef {
            payment_intent: self.0.payment_intent.clone(),
            charge: self.0.charge.clone(),
            own_id: self.0.id.clone(),
        }
    }
}

impl Change for OneDispute {
    fn keys(&self, _event: &Event, keys: &mut Keys) {
        self.belongs().keys(keys);
        keys.disputes.insert(self.0.id.clone());
    }

    fn apply(&self, event: &Event, state: &mut State, rules: &Rules) -> Result<(), Rejection> {
        let dispute = &self.0;
        let id = self.belongs().payment(state);
        let step = event.delta(dispute.clone(), rank(dispute), false);
        let before = event.previous.as_ref().and_then(|previous| previous.get("status")?.as_str());
        state.payments.touch(&id).record_dispute(&dispute.id, step, before);
        payment_changed(state, &id, event, rules);
        Ok(())
    }
}

/// An inquiry may become a dispute, never the other way round; money moves one way and then back.
fn rank(dispute: &Dispute) -> Rank {
    let status = match (dispute.status.as_str(), DisputeState::of(&dispute.status)) {
        ("warning_needs_response", _) => 0,
        ("warning_under_review", _) => 1,
        ("warning_closed", _) => 2,
        ("needs_response", _) => 3,
        (_, DisputeState::Open | DisputeState::Inquiry) => 4,
        (_, DisputeState::Won | DisputeState::Lost | DisputeState::Closed) => 5,
    };
    Rank {
        certain: status * 16 + i64::try_from(dispute.balance_transactions.len().min(15)).unwrap_or(15),
        tiebreak: 0,
    }
}
