//! The messages about an order.

use serde_json::{Value, json};

use super::status::GivenBack;
use super::{Order, Status};
use crate::domain::aggregate::Aggregate;
use crate::domain::message::Message;
use crate::domain::payment::Status as PaymentStatus;
use crate::domain::rules::Rules;

impl Aggregate for Order {
    const NAME: &'static str = "order";

    fn messages(&self, id: &str, _rules: &Rules) -> Vec<Message> {
        let totals = self.totals();
        let data = |payment: Option<&str>| {
            json!({
                "order": id, "status": totals.status.word(), "customer": totals.customer,
                "amount": totals.amount, "currency": totals.currency, "amount_paid": totals.paid,
                "amount_refunded": totals.refunded, "payment_intent": totals.payment_intent,
                "payment": payment, "products": self.leading().and_then(|p| p.products.clone()),
            })
        };
        let mut messages = Vec::new();
        if self.settled(totals.amount, totals.paid) {
            messages.push(Message::lasting("order.paid", id, data(None)));
        }
        // Disputed or not, what was given back was given back.
        match GivenBack::of(totals.amount, totals.paid, totals.refunded) {
            GivenBack::Some => messages.push(Message::notice("order.partially_refunded", id, data(None))),
            GivenBack::All => messages.push(Message::notice("order.refunded", id, data(None))),
            GivenBack::Nothing => {}
        }
        let (topic, cause) = match totals.status {
            Status::Processing => {
                ("order.processing", [PaymentStatus::Processing, PaymentStatus::Authorized])
            }
            Status::PaymentFailed => ("order.payment_failed", [PaymentStatus::Failed; 2]),
            Status::Canceled => ("order.canceled", [PaymentStatus::Canceled; 2]),
            Status::Expired => ("order.expired", [PaymentStatus::Expired; 2]),
            _ => return messages,
        };
        for (payment, _) in self.payments.iter().filter(|(_, summary)| cause.contains(&summary.status)) {
            messages.push(Message::notice(topic, &format!("{id}/{payment}"), data(Some(payment))));
        }
        messages
    }
    fn describe(&self, _rules: &Rules) -> Value {
        let totals = self.totals();
        json!({
            "status": totals.status, "amount": totals.amount, "currency": totals.currency,
            "amount_paid": totals.paid, "amount_refunded": totals.refunded,
        })
    }
}
