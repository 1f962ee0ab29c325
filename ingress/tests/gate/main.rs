//! The ingress as its callers see it: real HTTP, a real RabbitMQ, nothing imitated.
//!
//! `make test` starts the servers. Tests that stop or block a broker start one of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod accepting;
mod binary;
mod bodies;
mod broker;
mod harness;
mod http;
mod refusing;
mod rejections;
mod strangers;
mod tls;
mod topology;
