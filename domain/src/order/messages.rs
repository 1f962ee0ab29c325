//! The messages about an order.

use serde_json::{Value, json};

use super::status::GivenBack;
use super::{Order, Status};
use crate::aggregate::Aggregate;
use crate::message::{self, Message};
use crate::payment::Status as PaymentStatus;
use crate::rules::Rules;

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
            messages.push(Message::new(&message::ORDER_PAID, id, data(None)));
        }
        // Disputed or not, what was given back was given back.
        match GivenBack::of(totals.amount, totals.paid, totals.refunded) {
            GivenBack::Some => {
                messages.push(Message::new(&message::ORDER_PARTIALLY_REFUNDED, id, data(None)))
            }
            GivenBack::All => messages.push(Message::new(&message::ORDER_REFUNDED, id, data(None))),
            GivenBack::Nothing => {}
        }
        let (topic, cause) = match totals.status {
            Status::Processing => {
                (&message::ORDER_PROCESSING, [PaymentStatus::Processing, PaymentStatus::Authorized])
            }
            Status::PaymentFailed => (&message::ORDER_PAYMENT_FAILED, [PaymentStatus::Failed; 2]),
            Status::Canceled => (&message::ORDER_CANCELED, [PaymentStatus::Canceled; 2]),
            Status::Expired => (&message::ORDER_EXPIRED, [PaymentStatus::Expired; 2]),
            _ => return messages,
        };
        for (payment, _) in self.payments.iter().filter(|(_, summary)| cause.contains(&summary.status)) {
            messages.push(Message::new(topic, &format!("{id}/{payment}"), data(Some(payment))));
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
