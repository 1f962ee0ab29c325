//! A purchase whose webhooks never came: found in Stripe's list, which the simulator serves, and taken in.

use std::time::Instant;

use anyhow::Context;
use jiff::Timestamp;
use serde_json::Value;

use super::{POLL, WITHIN};
use crate::histories::{self, History, Kind};
use crate::run::stack::Stack;
use crate::stripe_api::ApiServer;

/// Its index is beyond those of the samples, with which it shares no id.
const INDEX: u64 = u32::MAX as u64;

/// Sweeps Stripe's list and shows the order that was not known; says whether it is paid then.
pub(crate) async fn close(stack: &Stack) -> anyhow::Result<bool> {
    let (history, order) = missed().context("writing a purchase")?;
    let api = ApiServer::open().await.context("serving Stripe's API")?;
    api.add_history(&history);
    let settings = [("STRIPE_API_BASE", api.url()), ("STRIPE_API_KEY", "sk_test_simulated".to_owned())];
    let made = history.events.iter().map(|event| event.created);
    let moment = |second: Option<i64>| Timestamp::from_second(second.unwrap_or_default());
    let (since, until) =
        (moment(made.clone().min())?.to_string(), moment(made.max().map(|at| at + 1))?.to_string());
    println!("\nno webhook of a purchase came: sluicegate sweep --since {since} --until {until}\n");
    let sweep = ["sweep", "--since", &since, "--until", &until];
    println!("{}", stack.sluicegate_with(&sweep, &settings).await?);
    let deadline = Instant::now() + WITHIN;
    loop {
        // Until a worker has taken it in there is no such order.
        let shown = stack.sluicegate(&["orders", "show", &order, "--json"]).await.unwrap_or_default();
        let shown: Value = serde_json::from_str(&shown).unwrap_or_default();
        let status = shown["status"].as_str().unwrap_or("unknown");
        if status == "paid" || Instant::now() > deadline {
            println!("order {order} is {status}");
            return Ok(status == "paid");
        }
        tokio::time::sleep(POLL).await;
    }
}

/// A purchase of the company's own account, and the order that it paid.
fn missed() -> Option<(History, String)> {
    let purchases = (0..100).map(|seed| histories::write(seed, INDEX, &[Kind::Card]));
    let mut paid = purchases.filter_map(|history| {
        let order = history.expected_state.orders.first().filter(|order| order.status == "paid")?;
        let id = order.id.clone();
        let connected = history.events.iter().any(|event| is_connected(&event.body));
        (!connected).then_some((history, id))
    });
    paid.next()
}

fn is_connected(body: &[u8]) -> bool {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    body["account"].is_string()
}
