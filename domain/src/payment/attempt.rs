//! What the metadata of a charge said at the moments that count.
//!
//! Stripe copies a payment intent's metadata to a charge when the attempt is made and never again
//! (<https://docs.stripe.com/metadata#copying-metadata>); afterwards only somebody's edit changes it.

use serde::{Deserialize, Serialize};
use stripe::objects::{Charge, Reference};

use crate::event::Event;

/// So many seconds after an attempt was made, `charge.succeeded` means a delayed method: it takes hours or weeks, and
/// no other method takes an hour.
const DELAYED: std::ops::Range<i64> = 3600..60 * 86_400;

/// The metadata of a charge when it was made, and when it took the money.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attempt {
    /// By `charge.pending`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<Reference>,
    /// By `charge.succeeded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    succeeded: Option<Reference>,
    /// By `charge.captured`.
    #[serde(skip_serializing_if = "Option::is_none")]
    captured: Option<Reference>,
    /// When the last `charge.captured` came about, unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) captured_at: Option<i64>,
    /// It took the money later than it was made: held first, or by a delayed method. Its payment intent may have come
    /// to name another order in between.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) delayed: bool,
}

impl Attempt {
    /// Takes in an event of the charge.
    pub fn record(&mut self, event: &Event, charge: &Charge) {
        let copy = match event.kind.as_str() {
            "charge.pending" => &mut self.pending,
            "charge.succeeded" => &mut self.succeeded,
            "charge.captured" => &mut self.captured,
            _ => return,
        };
        *copy = Some(charge.reference.clone());
        if event.kind == "charge.captured" {
            self.captured_at = self.captured_at.max(Some(event.created));
        }
        let at_once = event.kind == "charge.succeeded" && charge.captured;
        // An object that was fetched says nothing of when the event came about.
        let made = charge.created.filter(|_| !event.observed);
        let took = made.map(|created| event.created.saturating_sub(created));
        let late = charge.payment_intent.is_some() && took.is_some_and(|took| DELAYED.contains(&took));
        self.delayed |= !at_once || late;
    }

    /// Takes over what another record of the charge knows.
    pub fn merge(&mut self, other: Self) {
        self.pending = other.pending.or(self.pending.take());
        self.succeeded = other.succeeded.or(self.succeeded.take());
        self.captured = other.captured.or(self.captured.take());
        self.captured_at = self.captured_at.max(other.captured_at);
        self.delayed |= other.delayed;
    }

    /// The metadata when the attempt was made.
    #[must_use]
    pub fn reference(&self) -> Option<&Reference> {
        self.succeeded.as_ref().or(self.pending.as_ref())
    }

    /// The metadata when the money was taken, where there is no payment intent to say more: true in the second place
    /// if it is not known yet.
    pub(super) fn taken(&self) -> Option<(&Reference, bool)> {
        let captured = self.captured.as_ref().map(|reference| (reference, false));
        captured.or_else(|| self.reference().map(|reference| (reference, self.delayed)))
    }
}
