//! A held payment, its case and its release, as support staff see them on the command line.

use anyhow::Context;
use serde_json::Value;

use crate::run::stack::Stack;

/// Shows the case of an order's payment, accepts the payment, and shows the order; says whether it is paid then.
pub(crate) async fn accept_held(stack: &Stack, order: &str) -> anyhow::Result<bool> {
    let cases = stack.sluicegate(&["cases", "list", "--order", order, "--json"]).await?;
    let cases: Value = serde_json::from_str(&cases).context("reading the cases")?;
    let id = cases["items"][0]["id"].to_string();
    println!("\na payment that does not match its order is held: sluicegate cases show {id}\n");
    println!("{}", stack.sluicegate(&["cases", "show", &id]).await?);
    let reason = "the shop gave a discount by hand";
    println!("\naccepted: sluicegate cases accept {id} --reason {reason:?}\n");
    stack.sluicegate(&["cases", "accept", &id, "--reason", reason]).await?;
    let shown = stack.sluicegate(&["orders", "show", order, "--json"]).await?;
    let shown: Value = serde_json::from_str(&shown).context("reading the order")?;
    println!("order {order} is {}", shown["status"].as_str().unwrap_or("unknown"));
    Ok(shown["status"] == "paid")
}
