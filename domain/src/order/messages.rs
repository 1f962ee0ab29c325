//! The messages about an order.

use serde_json::{Value, json};

use super::money::Money;
use super::status::Refunded;
use super::{Order, Status, Totals};
use crate::aggregate::Aggregate;
use crate::keys::Keys;
use crate::message::{self, Message};
use crate::origin::{OrderKey, Origin};
use crate::payment::{HeldReason, Status as PaymentStatus, Summary};
use crate::rules::Rules;

impl Aggregate for Order {
    type Key = OrderKey;
    const NAME: &'static str = "order";

    fn wanted(keys: &Keys) -> Vec<OrderKey> {
        keys.orders.iter().cloned().collect()
    }

    fn is_empty(&self) -> bool {
        self.payments.is_empty() && self.expected.is_none()
    }

    fn origin(&self, key: &OrderKey) -> Origin {
        key.origin.clone()
    }

    fn messages(&self, key: &OrderKey, _rules: &Rules) -> Vec<Message> {
        let (id, totals) = (key.id.as_str(), self.totals());
        let mut messages = self.payment_messages(id, &totals);
        let money = self.money(self.leading().as_ref());
        let data = || Self::data(id, &totals, None);
        // What only an edited charge says is told once the payment intent or the charge's first event confirms it.
        let confirmed = !self.counted().any(|(_, payment)| payment.provisional);
        if self.is_settled_for_certain(&money) {
            messages.push(Message::new(&message::ORDER_PAID, id, data()));
        }
        if totals.status == Status::Overpaid {
            messages.push(Message::new(&message::ORDER_OVERPAID, id, data()));
        }
        // Disputed or not, what was refunded was refunded.
        match self.refunds(&money) {
            // Until it is known what was captured, a refund may turn out to release a hold.
            _ if money.paid == 0 => {}
            Refunded::Some if confirmed && self.counted().all(|(_, payment)| payment.refunded_confirmed) => {
                let about = format!("{id}/{}", totals.refunded);
                messages.push(Message::new(&message::ORDER_PARTIALLY_REFUNDED, &about, data()));
            }
            Refunded::All if confirmed => messages.push(Message::new(&message::ORDER_REFUNDED, id, data())),
            _ => {}
        }
        self.unpaid_messages(id, &totals, &mut messages);
        messages
    }

    /// A payment that was held counts now.
    fn transitions(&self, before: &Self, key: &OrderKey, _rules: &Rules) -> Vec<Message> {
        let released = before
            .held
            .iter()
            .filter(|(payment, _)| self.payments.contains_key(*payment) && !self.held.contains_key(*payment));
        let (id, totals) = (key.id.as_str(), self.totals());
        released
            .map(|(payment, reason)| {
                let mut data = Self::data(id, &totals, Some(payment));
                data["reason"] = json!(reason);
                Message::new(&message::PAYMENT_RELEASED, payment, data)
            })
            .collect()
    }

    fn describe(&self, _rules: &Rules) -> Value {
        let totals = self.totals();
        json!({
            "status": totals.status, "amount": totals.amount, "currency": totals.currency,
            "amount_paid": totals.paid, "amount_refunded": totals.refunded, "amount_disputed": totals.disputed,
            "held": self.held,
        })
    }
}

impl Order {
    fn data(id: &str, totals: &Totals, payment: Option<&str>) -> Value {
        json!({
            "order": id, "status": totals.status.as_str(), "customer": totals.customer,
            "amount": totals.amount, "currency": totals.currency, "amount_paid": totals.paid,
            "amount_refunded": totals.refunded, "amount_disputed": totals.disputed,
            "payment_intent": totals.payment_intent, "payment": payment,
            "products": totals.products,
        })
    }

    /// Paid in full by payments that no other event can move to another order.
    fn is_settled_for_certain(&self, money: &Money) -> bool {
        if !self.payments.values().any(|payment| payment.provisional) {
            return self.settled(money);
        }
        let mut certain = self.clone();
        certain.payments.retain(|_, payment| !payment.provisional);
        certain.settled(&certain.money(certain.leading().as_ref()))
    }

    /// What each payment that was captured calls for.
    fn payment_messages(&self, id: &str, totals: &Totals) -> Vec<Message> {
        let mut messages = Vec::new();
        for (payment, summary) in &self.payments {
            let held = self.held.get(payment);
            let data = || Self::about_payment(Self::data(id, totals, Some(payment)), summary, held.copied());
            if summary.paid > 0 && !summary.provisional {
                let about = format!("{id}/{payment}");
                messages.push(Message::new(&message::ORDER_PAYMENT_RECEIVED, &about, data()));
            }
            if let Some(reason) = held.filter(|_| !is_refunded(summary) && !summary.provisional) {
                let about = format!("{payment}/{reason}");
                messages.push(Message::new(&message::PAYMENT_HELD, &about, data()));
            }
        }
        messages
    }

    fn about_payment(mut data: Value, payment: &Summary, held: Option<HeldReason>) -> Value {
        data["payment_amount"] = json!(payment.paid);
        data["payment_currency"] = json!(payment.currency);
        data["held"] = json!(held);
        data["products"] = json!(payment.products);
        data["payment_customer"] = json!(payment.customer());
        data
    }

    /// What an order that is not paid calls for, once for each payment that is the cause.
    fn unpaid_messages(&self, id: &str, totals: &Totals, messages: &mut Vec<Message>) {
        let (topic, cause) = match totals.status {
            Status::Processing => {
                (&message::ORDER_PROCESSING, [PaymentStatus::Processing, PaymentStatus::Authorized])
            }
            Status::PaymentFailed => (&message::ORDER_PAYMENT_FAILED, [PaymentStatus::Failed; 2]),
            Status::Canceled => (&message::ORDER_CANCELED, [PaymentStatus::Canceled; 2]),
            Status::Expired => (&message::ORDER_EXPIRED, [PaymentStatus::Expired; 2]),
            _ => return,
        };
        for (payment, _) in self.payments.iter().filter(|(_, summary)| cause.contains(&summary.status)) {
            let data = Self::data(id, totals, Some(payment));
            messages.push(Message::new(topic, &format!("{id}/{payment}"), data));
        }
    }

    /// Whether a held payment still needs somebody's decision: one that was refunded in full does not.
    #[must_use]
    pub fn needs_decision(&self, payment: &str) -> Option<HeldReason> {
        let summary = self.payments.get(payment)?;
        self.held.get(payment).copied().filter(|_| !is_refunded(summary))
    }
}

/// Refunded or charged back in full.
const fn is_refunded(payment: &Summary) -> bool {
    payment.paid > 0 && payment.refunded + payment.lost >= payment.paid
}
