//! The promises of the whole system, shown from outside: real programs, real servers, no knowledge of their code.
//!
//! A test without a server fails; `make test` starts them.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

mod backfill;
mod bare_machine;
mod containers;
mod crashes;
mod declarations;
mod doctor;
mod drift;
mod drift_plant;
mod example;
mod examples;
mod fetching;
mod gaps;
mod histories;
mod https;
mod integration;
mod localstripe;
mod mail;
mod metrics;
mod outages;
mod outgoing;
mod permissions;
mod queues;
mod reconcile;
mod rejections;
mod settings;
mod shop;
mod stripe_libraries;
mod support;
mod verify_payment;
mod whole_path;
