//! Which columns of which table each part of the truth is compared with.

use serde_json::{Value, json};

use crate::histories::Truth;

/// What a row must hold.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) fields: Vec<(&'static str, Value)>,
}

type Rows = fn(&Truth) -> Vec<Row>;

/// Every table that is compared.
pub(crate) const TABLES: &[(&str, Rows)] = &[("orders", orders), ("payments", payments)];

fn orders(truth: &Truth) -> Vec<Row> {
    let row = |order: &crate::histories::OrderTruth| Row {
        id: order.id.clone(),
        fields: vec![
            ("status", order.status.into()),
            ("amount", order.amount.into()),
            ("currency", order.currency.into()),
            ("amount_paid", order.amount_paid.into()),
            ("amount_refunded", order.amount_refunded.into()),
        ],
    };
    truth.orders.iter().map(row).collect()
}

fn payments(truth: &Truth) -> Vec<Row> {
    let row = |payment: &crate::histories::PaymentTruth| Row {
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
    truth.payments.iter().map(row).collect()
}

/// The ids that messages about this truth can be about.
pub(crate) fn subjects(truth: &Truth) -> Vec<String> {
    let orders = truth.orders.iter().map(|order| &order.id);
    let payments = truth.payments.iter().map(|payment| &payment.id);
    let refunds = truth.refunds.iter().map(|refund| &refund.id);
    let disputes = truth.disputes.iter().map(|dispute| &dispute.id);
    let subscriptions = truth.subscriptions.iter().map(|subscription| &subscription.id);
    let invoices = truth.invoices.iter().map(|invoice| &invoice.id);
    let orders = orders.chain(&truth.absent_orders);
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
