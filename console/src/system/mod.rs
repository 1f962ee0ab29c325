//! The system as a whole: queues, workers, numbers, health.

pub mod health;
pub mod management;
pub mod overview;
pub mod queue_marks;
pub mod queues;
