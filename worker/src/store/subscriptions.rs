//! Subscriptions.

use domain::subscription::{Access, Subscription};
use jiff::Timestamp;
use serde_json::json;
use tokio_postgres::Row;

use super::batch::batch_row;
use super::error::StoreError;
use super::stored::{Context, Statements, Stored, document, read_state, time};

batch_row! {
    SubscriptionRow<'a> {
        id: &'a str,
        customer: Option<&'a str>,
        status: Option<&'a str>,
        access: bool,
        access_until: Option<Timestamp>,
        paid_through: Option<Timestamp>,
        current_period_end: Option<Timestamp>,
        cancel_at_period_end: bool,
        cancel_at: Option<Timestamp>,
        ended_at: Option<Timestamp>,
        trial_end: Option<Timestamp>,
        collection_paused: bool,
        amount_refunded: i64,
        refunded: bool,
        items: String,
        checkout_session: Option<&'a str>,
        ambiguous: bool,
        state: String,
        account: &'a str,
        livemode: bool,
    }
}

impl Stored for Subscription {
    const STATEMENTS: Statements = Statements {
        create: include_str!("sql/create_subscriptions.sql"),
        load: include_str!("sql/load_subscriptions.sql"),
        save: include_str!("sql/save_subscriptions.sql"),
        drop: include_str!("sql/drop_subscriptions.sql"),
    };

    type Row<'a> = SubscriptionRow<'a>;

    fn read(id: &String, row: &Row) -> Result<Self, StoreError> {
        read_state(id, row)
    }

    fn row<'a>(&'a self, id: &'a String, context: Context<'_>) -> Result<SubscriptionRow<'a>, StoreError> {
        let version = self.version();
        let (access, access_until) = granted(self.access(context.rules), context.now);
        Ok(SubscriptionRow {
            id,
            customer: self.customer(),
            status: self.status(),
            access,
            access_until,
            paid_through: time(self.paid_through()),
            current_period_end: time(version.and_then(|v| v.current_period_end)),
            cancel_at_period_end: version.is_some_and(|v| v.cancel_at_period_end),
            cancel_at: time(version.and_then(|v| v.cancel_at)),
            ended_at: time(version.and_then(|v| v.ended_at)),
            trial_end: time(version.and_then(|v| v.trial_end)),
            collection_paused: version.is_some_and(|v| v.collection_paused),
            amount_refunded: self.refunded().amount,
            refunded: self.refunded().in_full,
            items: json!(version.map_or(&[][..], |v| &v.items)).to_string(),
            checkout_session: self.session.as_ref().map(|session| session.latest().id.as_str()),
            ambiguous: self.ambiguous(),
            state: document(id, self)?,
            account: &self.origin.account,
            livemode: self.origin.livemode,
        })
    }
}

/// The columns `access` and `access_until`.
fn granted(access: Access, now: Timestamp) -> (bool, Option<Timestamp>) {
    match access {
        Access::Granted => (true, None),
        Access::Until(seconds) => (seconds > now.as_second(), time(Some(seconds))),
        Access::Denied => (false, None),
    }
}
