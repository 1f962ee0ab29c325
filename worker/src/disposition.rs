//! What is to be done with a delivery: the one result of an event in the shell.

use std::time::Duration;

use domain::decide::Decision;
use domain::rejection::Rejection;
use domain::retry::{RetryDecision, Schedule};

/// What is to be done with a delivery once its transaction has committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    Ack(AckReason),
    /// Publish to the retry exchange, then acknowledge.
    Retry {
        /// How long it waits.
        delay: Duration,
        /// The number of the next attempt.
        attempt: u32,
        rejection: Rejection,
    },
    /// Publish to the dead exchange, then acknowledge.
    DeadLetter(Rejection),
}

/// Why a delivery needs nothing but its acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AckReason {
    Processed,
    /// It is not handled.
    Ignored,
    /// It took effect before, or another copy of it is being handled.
    Duplicate,
}

impl Disposition {
    /// What the domain's outcome means for the delivery after this attempt.
    pub(crate) fn new(outcome: Decision, schedule: &Schedule, attempt: u32) -> Self {
        match outcome {
            Decision::Processed => Disposition::Ack(AckReason::Processed),
            Decision::Ignored(_) => Disposition::Ack(AckReason::Ignored),
            Decision::Rejected(rejection) => match schedule.next(&rejection, attempt) {
                RetryDecision::Retry { delay, attempt } => Disposition::Retry { delay, attempt, rejection },
                RetryDecision::Dead => Disposition::DeadLetter(rejection),
            },
        }
    }
}
