//! The console against real servers: the real command, PostgreSQL by `DATABASE_URL`, RabbitMQ by `AMQP_URL`.
//! Every test has a database and a queue prefix of its own.
#![allow(missing_docs, unreachable_pub, reason = "a test binary has no users")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod admins;
mod api;
mod api_events;
mod audit;
mod audit_file;
mod browser;
mod browser_access;
mod browser_actions;
mod browser_find;
mod bulk;
mod bulk_crashes;
mod commands;
mod dead_letters;
mod dies_again;
mod find;
mod forms;
mod four_eyes;
mod gate;
mod harness;
mod http;
mod intake;
mod lists;
mod looking_after;
mod messages;
mod openapi;
mod orders;
mod orders_api;
mod origins;
mod origins_dead_letters;
mod outages;
mod overview;
mod own_account;
mod pages;
mod pauses;
mod personal;
mod phone;
mod plans;
mod preview;
mod rejections;
mod scope;
mod seeing;
mod settings;
mod statements;
mod stripe_page;
mod sweeps;
mod terms;
mod timeline;
mod webdriver;
mod why;
mod wide;
