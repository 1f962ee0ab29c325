//! The SQL of e-mails to customers: whom they go to, and whether what they say is still so.

use mail::{Outgoing, Standing, StoredEvent};
use serde_json::Value;
use tokio_postgres::{Client, Error};

pub(super) const CONTACT_EVENTS: &str = include_str!("../sql/contact_events.sql");
pub(super) const STANDING: &str = include_str!("../sql/standing.sql");

/// The fields of a message's data that name objects of Stripe.
const OBJECTS: [&str; 6] = ["payment_intent", "payment", "charge", "invoice", "subscription", "customer"];

/// The newest events about what a message names.
pub(in crate::relay) async fn events(client: &Client, message: &Outgoing) -> Result<Vec<StoredEvent>, Error> {
    let objects: Vec<&str> = OBJECTS.iter().filter_map(|field| text(message, field)).collect();
    // A payment without a payment intent is named by no message about its order.
    let names_payment =
        ["payment_intent", "payment", "charge"].iter().any(|field| text(message, field).is_some());
    let order = text(message, "order").filter(|_| !names_payment);
    let rows = client.query(CONTACT_EVENTS, &[&objects, &message.account, &message.livemode, &order]).await?;
    rows.iter().map(|row| Ok(StoredEvent { created: row.try_get(0)?, body: row.try_get(1)? })).collect()
}

/// How what a message is about stands now.
pub(in crate::relay) async fn standing(client: &Client, message: &Outgoing) -> Result<Standing, Error> {
    let [refund, invoice, subscription, order] =
        ["refund", "invoice", "subscription", "order"].map(|field| text(message, field));
    let (account, livemode) = (&message.account, message.livemode);
    let row =
        client.query_one(STANDING, &[&refund, &invoice, &subscription, &order, account, &livemode]).await?;
    Ok(Standing {
        refund: row.try_get(0)?,
        invoice: row.try_get(1)?,
        subscription: row.try_get(2)?,
        order: row.try_get(3)?,
        now: row.try_get(4)?,
    })
}

fn text<'a>(message: &'a Outgoing, field: &str) -> Option<&'a str> {
    message.data.get(field).and_then(Value::as_str)
}
