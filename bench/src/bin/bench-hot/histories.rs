//! Events that all belong to one aggregate, and as many that each belong to one of their own.

use serde_json::{Value, json};

/// Unix seconds of the first event.
const START: i64 = 1_790_000_000;
/// Minor units of a payment: enough for one unit to be refunded or disputed ten thousand times.
const AMOUNT: i64 = 10_000_000;

/// What there is many of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Many {
    /// Declined payments of one order: cards are tested on a checkout page.
    FailedPayments,
    /// Declined charges of one payment intent.
    Attempts,
    /// Paid payments of one order: a payment link with fixed metadata.
    PaidPayments,
    /// Partial refunds of one payment, each with its own event and the charge's.
    Refunds,
    /// Paid invoices of one subscription.
    Invoices,
    /// Disputes of one payment.
    Disputes,
}

impl Many {
    /// Every kind.
    pub(crate) const ALL: [Self; 6] = [
        Self::FailedPayments,
        Self::Attempts,
        Self::PaidPayments,
        Self::Refunds,
        Self::Invoices,
        Self::Disputes,
    ];

    /// As the table calls it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::FailedPayments => "failed payments of an order",
            Self::Attempts => "attempts of an intent",
            Self::PaidPayments => "paid payments of an order",
            Self::Refunds => "refunds of a payment",
            Self::Invoices => "invoices of a subscription",
            Self::Disputes => "disputes of a payment",
        }
    }

    /// What must be there before the events of aggregate `of`.
    pub(crate) fn before(self, of: usize) -> Vec<Vec<u8>> {
        match self {
            Self::FailedPayments | Self::PaidPayments | Self::Invoices => Vec::new(),
            Self::Attempts => {
                let created = intent(of, of, "requires_payment_method");
                vec![event(&format!("evt_b{of}"), "payment_intent.created", START, created)]
            }
            Self::Refunds | Self::Disputes => vec![
                event(&format!("evt_b{of}"), "payment_intent.succeeded", START, intent(of, of, "succeeded")),
                event(&format!("evt_c{of}"), "charge.succeeded", START, charge(of, of, "succeeded", 0)),
            ],
        }
    }

    /// Event `n`, of aggregate `of`, which has seen `seen` of them before.
    pub(crate) fn event(self, n: usize, of: usize, seen: usize) -> Vec<u8> {
        let (id, at) = (format!("evt_{n}"), at(n));
        match self {
            Self::FailedPayments => {
                event(&id, "payment_intent.payment_failed", at, intent(n, of, "requires_payment_method"))
            }
            Self::Attempts => event(&id, "charge.failed", at, charge(n, of, "failed", 0)),
            Self::PaidPayments => event(&id, "payment_intent.succeeded", at, intent(n, of, "succeeded")),
            Self::Refunds if seen.is_multiple_of(2) => event(&id, "refund.created", at, refund(n, of)),
            Self::Refunds => {
                let refunded = i64::try_from(seen / 2 + 1).unwrap_or(i64::MAX);
                let mut body = body(&id, "charge.refunded", at, charge(of, of, "succeeded", refunded));
                body["data"]["previous_attributes"] = json!({ "amount_refunded": refunded - 1 });
                body.to_string().into_bytes()
            }
            Self::Invoices => event(&id, "invoice.paid", at, invoice(n, of)),
            Self::Disputes => event(&id, "charge.dispute.created", at, dispute(n, of)),
        }
    }

    /// Events in a row that belong together and go to one aggregate.
    pub(crate) const fn together(self) -> usize {
        match self {
            Self::Refunds => 2,
            _ => 1,
        }
    }
}

fn at(n: usize) -> i64 {
    START + 10 + i64::try_from(n).unwrap_or_default()
}

fn event(id: &str, kind: &str, created: i64, object: Value) -> Vec<u8> {
    body(id, kind, created, object).to_string().into_bytes()
}

fn body(id: &str, kind: &str, created: i64, object: Value) -> Value {
    json!({
        "id": id, "object": "event", "type": kind, "created": created, "livemode": false,
        "api_version": "2025-09-30.clover", "data": { "object": object },
    })
}

fn intent(n: usize, order: usize, status: &str) -> Value {
    let received = if status == "succeeded" { AMOUNT } else { 0 };
    json!({
        "id": format!("pi_{n}"), "object": "payment_intent", "status": status, "amount": AMOUNT,
        "amount_received": received, "currency": "usd", "created": at(n), "customer": format!("cus_{n}"),
        "metadata": { "orderId": format!("order_{order}"), "productIds": "prod_1" },
    })
}

fn charge(n: usize, intent: usize, status: &str, refunded: i64) -> Value {
    let paid = status == "succeeded";
    json!({
        "id": format!("ch_{n}"), "object": "charge", "status": status, "paid": paid, "captured": paid,
        "amount": AMOUNT, "amount_captured": if paid { AMOUNT } else { 0 }, "amount_refunded": refunded,
        "refunded": false, "currency": "usd", "payment_intent": format!("pi_{intent}"), "created": at(n),
        "metadata": { "orderId": format!("order_{intent}") },
    })
}

fn refund(n: usize, payment: usize) -> Value {
    json!({
        "id": format!("re_{n}"), "object": "refund", "status": "succeeded", "amount": 1, "currency": "usd",
        "charge": format!("ch_{payment}"), "payment_intent": format!("pi_{payment}"), "created": at(n),
        "reason": "requested_by_customer",
    })
}

fn dispute(n: usize, payment: usize) -> Value {
    json!({
        "id": format!("dp_{n}"), "object": "dispute", "status": "needs_response", "amount": 1, "currency": "usd",
        "charge": format!("ch_{payment}"), "payment_intent": format!("pi_{payment}"), "created": at(n),
        "reason": "fraudulent", "evidence_details": { "due_by": at(n) + 864_000 },
        "balance_transactions": [
            { "id": format!("txn_{n}"), "amount": -1, "currency": "usd", "created": at(n), "fee": 1500 }
        ],
    })
}

fn invoice(n: usize, subscription: usize) -> Value {
    json!({
        "id": format!("in_{n}"), "object": "invoice", "status": "paid", "paid": true, "amount_due": 500,
        "amount_paid": 500, "currency": "usd", "created": at(n), "customer": "cus_1",
        "subscription": format!("sub_{subscription}"), "billing_reason": "subscription_cycle",
        "lines": { "data": [
            { "type": "subscription", "amount": 500, "period": { "start": at(n), "end": at(n) + 2_592_000 } }
        ] },
    })
}
