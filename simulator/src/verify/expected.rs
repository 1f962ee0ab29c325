//! Which columns of which table each part of the expected state is compared with.

use serde_json::{Value, json};

use crate::histories::{
    ExpectedDispute, ExpectedInvoice, ExpectedItem, ExpectedOrder, ExpectedPayment, ExpectedRefund,
    ExpectedState, ExpectedSubscription,
};

/// What a row must hold.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) fields: Vec<(&'static str, Value)>,
}

type Rows = fn(&ExpectedState) -> Vec<Row>;

/// Every table that is compared.
pub(crate) const TABLES: &[(&str, Rows)] = &[
    ("orders", orders),
    ("payments", payments),
    ("refunds", refunds),
    ("disputes", disputes),
    ("subscriptions", subscriptions),
    ("invoices", invoices),
];

fn orders(expected_state: &ExpectedState) -> Vec<Row> {
    let row = |order: &ExpectedOrder| Row {
        id: order.id.clone(),
        fields: vec![
            ("status", order.status.into()),
            ("amount", order.amount.into()),
            ("currency", order.currency.into()),
            ("amount_paid", order.amount_paid.into()),
            ("amount_refunded", order.amount_refunded.into()),
        ],
    };
    expected_state.orders.iter().map(row).collect()
}

fn payments(expected_state: &ExpectedState) -> Vec<Row> {
    let row = |payment: &ExpectedPayment| Row {
        id: payment.id.clone(),
        fields: vec![
            ("order_id", json!(payment.order)),
            ("status", payment.status.into()),
            ("amount", payment.amount.into()),
            ("currency", payment.currency.into()),
            ("amount_paid", payment.amount_paid.into()),
            ("amount_refunded", payment.amount_refunded.into()),
            ("dispute", json!(payment.dispute)),
        ],
    };
    expected_state.payments.iter().map(row).collect()
}

/// A refund of before 2024-10-28 that never changes appears only in its charge and has no row.
fn refunds(expected_state: &ExpectedState) -> Vec<Row> {
    let row = |refund: &ExpectedRefund| Row {
        id: refund.id.clone(),
        fields: vec![
            ("payment_id", json!(refund.payment)),
            ("charge", json!(refund.charge)),
            ("amount", refund.amount.into()),
            ("currency", refund.currency.into()),
            ("status", refund.status.into()),
        ],
    };
    expected_state.refunds.iter().filter(|refund| refund.seen).map(row).collect()
}

fn disputes(expected_state: &ExpectedState) -> Vec<Row> {
    let row = |dispute: &ExpectedDispute| Row {
        id: dispute.id.clone(),
        fields: vec![
            ("payment_id", json!(dispute.payment)),
            ("charge", json!(dispute.charge)),
            ("amount", dispute.amount.into()),
            ("currency", dispute.currency.into()),
            ("status", dispute.status.into()),
            ("state", dispute.state().into()),
            ("due_by", dispute.due_by.into()),
            ("withdrawn", dispute.withdrawn.into()),
            ("reinstated", dispute.reinstated.into()),
        ],
    };
    expected_state.disputes.iter().map(row).collect()
}

fn subscriptions(expected_state: &ExpectedState) -> Vec<Row> {
    let row = |subscription: &ExpectedSubscription| {
        let item = |item: &ExpectedItem| json!({"price": item.price, "product": item.product, "quantity": item.quantity});
        let mut fields = vec![
            ("customer", json!(subscription.customer)),
            ("status", subscription.status.into()),
            ("paid_through", subscription.paid_through.into()),
            ("cancel_at_period_end", subscription.cancel_at_period_end.into()),
            ("items", subscription.items.iter().map(item).collect()),
        ];
        // Past due, access hangs on a setting and on the clock.
        if subscription.past_due_since.is_none() {
            fields.push(("access", subscription.access().into()));
        }
        Row { id: subscription.id.clone(), fields }
    };
    expected_state.subscriptions.iter().map(row).collect()
}

/// An invoice that belongs to no subscription is not handled here.
fn invoices(expected_state: &ExpectedState) -> Vec<Row> {
    let row = |invoice: &ExpectedInvoice| {
        let mut fields = vec![
            ("subscription_id", json!(invoice.subscription)),
            ("customer", json!(invoice.customer)),
            ("status", invoice.status.into()),
            ("amount_due", invoice.amount_due.into()),
            ("amount_paid", invoice.amount_paid.into()),
            ("currency", invoice.currency.into()),
            ("attempt_count", invoice.attempt_count.into()),
            ("payment_succeeded", invoice.payment_succeeded.into()),
        ];
        if !invoice.hides_lines {
            fields.push(("period_end", invoice.period_end.into()));
        }
        Row { id: invoice.id.clone(), fields }
    };
    expected_state.invoices.iter().filter(|invoice| invoice.subscription.is_some()).map(row).collect()
}

/// The ids that messages about this expected state can be about.
pub(crate) fn subjects(expected_state: &ExpectedState) -> Vec<String> {
    let orders = expected_state.orders.iter().map(|order| &order.id);
    let payments = expected_state.payments.iter().map(|payment| &payment.id);
    let refunds = expected_state.refunds.iter().map(|refund| &refund.id);
    let disputes = expected_state.disputes.iter().map(|dispute| &dispute.id);
    let subscriptions = expected_state.subscriptions.iter().map(|subscription| &subscription.id);
    let invoices = expected_state.invoices.iter().map(|invoice| &invoice.id);
    let orders = orders.chain(&expected_state.absent_orders);
    let all = orders.chain(payments).chain(refunds).chain(disputes).chain(subscriptions).chain(invoices);
    all.cloned().collect()
}

/// Whether a column holds what it must: times may be written in either way.
pub(crate) fn same(must: &Value, is: &Value) -> bool {
    match (must, is) {
        (Value::Number(seconds), Value::String(text)) => {
            let time: Option<jiff::Timestamp> = text.parse().ok();
            time.map(jiff::Timestamp::as_second) == seconds.as_i64()
        }
        (must, is) => must == is,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_compared_by_its_second() {
        assert!(same(&json!(1_790_812_800), &json!("2026-10-01T00:00:00+00:00")));
        assert!(!same(&json!(1_790_812_801), &json!("2026-10-01T00:00:00+00:00")));
        assert!(same(&json!(null), &json!(null)) && !same(&json!(5), &json!("x")));
    }
}
