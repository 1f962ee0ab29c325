//! `charge.dispute.*`: the customer's bank asks for the money back.

use stripe::objects::Dispute;

use super::{Change, Handler};
use crate::event::Event;
use crate::link::{self, payment_changed};
use crate::message;
use crate::order::Claim;
use crate::payment::{DisputeFile, DisputeState};
use crate::rejection::Rejection;
use crate::rules::Rules;
use crate::state::{Keys, State};
use crate::version::Place;

pub(super) const HANDLER: Handler = Handler {
    file: "dispute",
    types: &[
        ("charge.dispute.created", "a dispute or an inquiry was opened"),
        ("charge.dispute.updated", "the newest version of the dispute"),
        ("charge.dispute.closed", "won, lost, or an inquiry that came to nothing"),
        ("charge.dispute.funds_withdrawn", "the disputed money left"),
        ("charge.dispute.funds_reinstated", "the disputed money came back"),
    ],
    tells: &[
        &message::DISPUTE_OPENED,
        &message::DISPUTE_INQUIRY_OPENED,
        &message::DISPUTE_CLOSED,
        &message::DISPUTE_FUNDS_WITHDRAWN,
        &message::DISPUTE_FUNDS_REINSTATED,
    ],
    read: |event| Ok(OneDispute(Dispute::read(&event.object)?).into_intent()),
};

struct OneDispute(Dispute);

impl OneDispute {
    fn belongs(&self) -> link::Place {
        link::Place {
            payment_intent: self.0.payment_intent.clone(),
            charge: self.0.charge.clone(),
            own_id: self.0.id.clone(),
        }
    }
}

impl Change for OneDispute {
    fn keys(&self, keys: &mut Keys) {
        self.belongs().keys(keys);
    }

    fn apply(&self, event: &Event, state: &mut State, rules: &Rules) -> Result<(), Rejection> {
        let dispute = &self.0;
        let id = self.belongs().payment(state);
        let step = event.step(dispute.clone(), place(dispute), false);
        let disputes = &mut state.payments.touch(&id).disputes;
        let file = match disputes.get_mut(&dispute.id) {
            Some(file) => {
                file.fact.observe(step);
                file
            }
            None => disputes.entry(dispute.id.clone()).or_insert(DisputeFile::new(step)),
        };
        file.opened |= is_dispute(dispute);
        file.inquired |= !is_dispute(dispute);
        file.withdrawn |= event.kind == "charge.dispute.funds_withdrawn";
        file.reinstated |= event.kind == "charge.dispute.funds_reinstated";
        file.closed |= event.kind == "charge.dispute.closed";
        payment_changed(state, &id, &Claim::default(), rules)
    }
}

/// Whether it is more than an inquiry.
fn is_dispute(dispute: &Dispute) -> bool {
    !dispute.status.starts_with("warning_")
}

/// An inquiry may become a dispute, never the other way round; money moves one way and then back.
fn place(dispute: &Dispute) -> Place {
    let status = match (dispute.status.as_str(), DisputeState::of(&dispute.status)) {
        ("warning_needs_response", _) => 0,
        ("warning_under_review", _) => 1,
        ("warning_closed", _) => 2,
        ("needs_response", _) => 3,
        (_, DisputeState::Open | DisputeState::Inquiry) => 4,
        (_, DisputeState::Won | DisputeState::Lost | DisputeState::Closed) => 5,
    };
    Place { sure: status * 16 + dispute.movements.min(15), guess: 0 }
}
