//! What a search found.

use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::access::SearchedAs;
use crate::common::money;
use crate::common::origin::OriginFilter;
use crate::common::text_enum::text_enum;
use crate::masking::masked_members;
use crate::timeline::Timeline;

text_enum! {
    /// What something is.
    pub(crate) enum HitKind {
        Order = "order",
        Payment = "payment",
        Refund = "refund",
        Invoice = "invoice",
        Subscription = "subscription",
        Customer = "customer",
        Event = "event",
        DeadLetter = "dead_letter",
        Case = "case",
        /// What Stripe has and no row here is of, such as a charge that was only seen in an event.
        Object = "object",
    }
}

/// Something that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Hit {
    pub(crate) kind: HitKind,
    /// Its id; the number of a dead letter or case.
    pub(crate) id: String,
    /// What the text was taken for.
    pub(crate) searched_as: SearchedAs,
    /// The connected account; empty is the company's own, none is unknown.
    pub(crate) account: Option<String>,
    /// False: test. None: not known, or an order that waits for its first payment.
    pub(crate) livemode: Option<bool>,
    /// Where it stands.
    pub(crate) status: Option<String>,
    /// In the currency's minor unit.
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
    /// The order that it belongs to.
    pub(crate) order_id: Option<String>,
    pub(crate) customer: Option<String>,
    /// When it came, or last changed.
    pub(crate) at: Option<Timestamp>,
}

impl Hit {
    /// Reads a row of one of the search's statements, which all have the same columns.
    pub(super) fn read(row: &Row, searched_as: SearchedAs) -> Result<Hit, tokio_postgres::Error> {
        Ok(Hit {
            kind: row.try_get("kind")?,
            id: row.get("id"),
            searched_as,
            account: row.get("account"),
            livemode: row.get("livemode"),
            status: row.get("status"),
            amount: row.get("amount"),
            currency: row.get("currency"),
            order_id: row.get("order_id"),
            customer: row.get("customer"),
            at: row.get("at"),
        })
    }

    /// What an id leads to.
    pub(super) fn of_timeline(timeline: &Timeline) -> Vec<Hit> {
        let none = Hit {
            kind: HitKind::Order,
            id: String::new(),
            searched_as: SearchedAs::Id,
            account: timeline.origin.account.clone(),
            livemode: timeline.origin.livemode,
            status: None,
            amount: None,
            currency: None,
            order_id: None,
            customer: None,
            at: None,
        };
        let orders = timeline.orders.iter().map(|order| Hit {
            kind: HitKind::Order,
            id: order.id.clone(),
            status: Some(order.status.to_string()),
            amount: order.amount,
            currency: order.currency.clone(),
            customer: order.customer.clone(),
            at: Some(order.created_at),
            ..none.clone()
        });
        let payments = timeline.payments.iter().map(|payment| Hit {
            kind: HitKind::Payment,
            id: payment.id.clone(),
            status: Some(payment.status.to_string()),
            amount: payment.amount,
            currency: payment.currency.clone(),
            order_id: payment.order_id.clone(),
            customer: payment.customer.clone(),
            ..none.clone()
        });
        let subscriptions = timeline.subscriptions.iter().map(|subscription| Hit {
            kind: HitKind::Subscription,
            id: subscription.id.clone(),
            status: subscription.status.clone(),
            customer: subscription.customer.clone(),
            at: Some(subscription.updated_at),
            ..none.clone()
        });
        let invoices = timeline.invoices.iter().map(|invoice| Hit {
            kind: HitKind::Invoice,
            id: invoice.id.clone(),
            status: invoice.status.clone(),
            amount: Some(invoice.amount_due),
            currency: invoice.currency.clone(),
            customer: invoice.customer.clone(),
            at: Some(invoice.updated_at),
            ..none.clone()
        });
        orders.chain(payments).chain(subscriptions).chain(invoices).collect()
    }

    /// Its account and mode.
    pub(crate) fn origin(&self) -> OriginFilter {
        OriginFilter { account: self.account.clone(), livemode: self.livemode }
    }

    /// Its amount as people read it.
    pub(crate) fn money(&self) -> Option<String> {
        Some(money::show(self.amount?, self.currency.as_deref()?))
    }

    /// Whether two are of one thing.
    pub(super) fn is_same(&self, other: &Hit) -> bool {
        (self.kind, &self.id, &self.account, self.livemode)
            == (other.kind, &other.id, &other.account, other.livemode)
    }
}

masked_members! {
    Hit: id, order_id, customer;
}
