//! The colour of a state: good, bad, or something to wait for.

use std::fmt::Display;

use crate::dead_letters::state::DeadLetterState;
use crate::events::outcome::EventOutcome;
use crate::jobs::state::{JobItemState, JobState};
use crate::messages::state::{DeliveryState, DestinationState};
use crate::orders::status::{OrderStatus, PaymentStatus};

/// A colour, as the style sheet names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Tone {
    Good,
    Bad,
    Warn,
    Plain,
}

impl Tone {
    pub(in crate::pages) fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Warn => "warn",
            Tone::Plain => "",
        }
    }
}

/// A state that has a colour.
pub(in crate::pages) trait Toned: Display {
    fn tone(&self) -> Tone;
}

impl Toned for EventOutcome {
    fn tone(&self) -> Tone {
        match self {
            EventOutcome::Processed => Tone::Good,
            EventOutcome::Ignored => Tone::Plain,
            EventOutcome::Retrying => Tone::Warn,
            EventOutcome::Dead => Tone::Bad,
        }
    }
}

impl Toned for DeadLetterState {
    fn tone(&self) -> Tone {
        match self {
            DeadLetterState::Open => Tone::Bad,
            DeadLetterState::Replayed => Tone::Warn,
            DeadLetterState::Resolved => Tone::Good,
            DeadLetterState::Discarded => Tone::Plain,
        }
    }
}

impl Toned for JobState {
    fn tone(&self) -> Tone {
        match self {
            JobState::Proposed | JobState::Canary | JobState::Running | JobState::Paused => Tone::Warn,
            JobState::Canceled => Tone::Plain,
            JobState::Stopped => Tone::Bad,
            JobState::Done => Tone::Good,
        }
    }
}

impl Toned for JobItemState {
    fn tone(&self) -> Tone {
        match self {
            JobItemState::Waiting | JobItemState::Sending | JobItemState::Skipped => Tone::Plain,
            JobItemState::Sent => Tone::Good,
            JobItemState::Failed => Tone::Bad,
            JobItemState::Unknown => Tone::Warn,
        }
    }
}

impl Toned for DeliveryState {
    fn tone(&self) -> Tone {
        match self {
            DeliveryState::Failed => Tone::Bad,
            DeliveryState::Pending => Tone::Warn,
            DeliveryState::Sent => Tone::Good,
            DeliveryState::Skipped => Tone::Plain,
        }
    }
}

impl Toned for DestinationState {
    fn tone(&self) -> Tone {
        match self {
            DestinationState::Active => Tone::Good,
            DestinationState::Paused => Tone::Bad,
            DestinationState::Removed => Tone::Plain,
        }
    }
}

impl Toned for OrderStatus {
    fn tone(&self) -> Tone {
        self.as_str().tone()
    }
}

impl Toned for PaymentStatus {
    fn tone(&self) -> Tone {
        self.as_str().tone()
    }
}

/// Statuses of subscriptions, and Stripe's own.
impl Toned for str {
    fn tone(&self) -> Tone {
        match self {
            "paid" | "active" | "succeeded" => Tone::Good,
            "failed" | "open" | "lost" | "disputed" | "charged_back" | "payment_failed" => Tone::Bad,
            "processing" | "past_due" | "partially_refunded" | "needs_response" | "unknown" => Tone::Warn,
            _ => Tone::Plain,
        }
    }
}

impl Toned for String {
    fn tone(&self) -> Tone {
        self.as_str().tone()
    }
}
