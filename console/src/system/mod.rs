//! The system as a whole: queues, workers, numbers, health.

pub(crate) mod gaps;
pub(crate) mod gauges;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod management;
pub(crate) mod overview;
pub(crate) mod pauses;
pub(crate) mod queue_marks;
pub mod queues;
