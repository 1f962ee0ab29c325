//! The messages about an order.

use serde_json::{Value, json};

use super::money::Money;
use super::status::Refunded;
use super::{Order, Status, Totals};
use crate::aggregate::Aggregate;
use crate::keys::Keys;
use crate::message::{self, Message, OrderData, OrderPaymentData, PaymentReleasedData, TopicOf};
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

    fn missing(&self, key: &OrderKey, keys: &mut Keys) {
        if self.payments.is_missing() {
            keys.whole_orders.insert(key.clone());
        }
    }

    /// A payment that is as it was calls for what it called for before; one that was held and counts now was released.
    fn messages_since(&self, before: &Self, key: &OrderKey, _rules: &Rules) -> Vec<Message> {
        let (totals, totals_before) = (self.totals(), before.totals());
        let changed = self.changed_payments(before);
        let moved_on = totals.status != totals_before.status;
        let concerned = |id: &str| moved_on || changed.contains(id);
        let mut messages = self.payment_messages(&key.id, &totals, concerned);
        messages.extend(self.order_messages(&key.id, &totals));
        if !messages.is_empty() {
            let mut sent = before.payment_messages(&key.id, &totals_before, concerned);
            sent.extend(before.order_messages(&key.id, &totals_before));
            message::retain_unsent(&mut messages, &sent);
        }
        let counts = |id: &str| self.known_payment(id).is_some_and(|(_, held)| held.is_none());
        let released = changed.iter().filter(|id| counts(id));
        let released = released.filter_map(|id| Some((*id, before.known_payment(id)?.1?)));
        messages.extend(released.map(|(id, reason)| Self::released(&key.id, &totals, id, reason)));
        messages
    }

    fn describe(&self, _rules: &Rules) -> Value {
        let totals = self.totals();
        json!({
            "status": totals.status, "amount": totals.amount, "currency": totals.currency,
            "amount_paid": totals.paid, "amount_refunded": totals.refunded, "amount_disputed": totals.disputed,
            "held_payments": self.held_payments(),
        })
    }
}

impl Order {
    fn data(id: &str, totals: &Totals, payment: Option<&str>) -> OrderData {
        OrderData {
            order: id.to_owned(),
            status: totals.status,
            customer: totals.customer.clone(),
            amount: totals.amount,
            currency: totals.currency.clone(),
            amount_paid: totals.paid,
            amount_refunded: totals.refunded,
            amount_disputed: totals.disputed,
            payment_intent: totals.payment_intent.clone(),
            payment: payment.map(str::to_owned),
            products: totals.products.clone(),
        }
    }

    /// What the order as a whole calls for.
    fn order_messages(&self, id: &str, totals: &Totals) -> Vec<Message> {
        let mut messages = Vec::new();
        let money = self.money(self.leading().as_deref());
        let data = || Self::data(id, totals, None);
        // What only an edited charge says is sent once the payment intent or the charge's first event confirms it.
        let confirmed = money.provisional == 0;
        if self.is_settled_for_certain(&money) {
            messages.push(Message::new(&message::ORDER_PAID, id, &data()));
        }
        if totals.status == Status::Overpaid {
            messages.push(Message::new(&message::ORDER_OVERPAID, id, &data()));
        }
        // Disputed or not, what was refunded was refunded.
        match self.refunds(&money) {
            // Until it is known what was captured, a refund may turn out to release a hold.
            _ if money.paid == 0 => {}
            Refunded::Some if confirmed && money.unconfirmed == 0 => {
                let about = format!("{id}/{}", totals.refunded);
                messages.push(Message::new(&message::ORDER_PARTIALLY_REFUNDED, &about, &data()));
            }
            Refunded::All if confirmed => messages.push(Message::new(&message::ORDER_REFUNDED, id, &data())),
            _ => {}
        }
        messages
    }

    /// Paid in full by payments that no other event can move to another order.
    pub(super) fn is_settled_for_certain(&self, money: &Money) -> bool {
        if !self.has_provisional_payments() {
            return money.is_settled();
        }
        let mut certain = self.clone();
        certain.payments.retain(|_, payment| !payment.provisional);
        certain.payments.sums_mut().forget_provisional();
        certain.money(certain.leading().as_deref()).is_settled()
    }

    /// What each of these payments calls for, as far as the batch knows them: that it was captured, that it is held, or
    /// that it is why the order is not paid.
    fn payment_messages(&self, id: &str, totals: &Totals, of: impl Fn(&str) -> bool) -> Vec<Message> {
        let mut messages = Vec::new();
        let unpaid = unpaid_topic(totals.status);
        for (payment, summary, held) in self.known_payments().filter(|(payment, ..)| of(payment)) {
            let data = || Self::about_payment(Self::data(id, totals, Some(payment)), summary, held);
            if summary.paid > 0 && !summary.provisional {
                let about = format!("{id}/{payment}");
                messages.push(Message::new(&message::ORDER_PAYMENT_RECEIVED, &about, &data()));
            }
            if let Some(reason) = held.filter(|_| !is_refunded(summary) && !summary.provisional) {
                let about = format!("{payment}/{reason}");
                messages.push(Message::new(&message::PAYMENT_HELD, &about, &data()));
            }
            if let Some((topic, _)) = unpaid.filter(|(_, causes)| causes.contains(&summary.status)) {
                let data = Self::data(id, totals, Some(payment));
                messages.push(Message::new(topic, &format!("{id}/{payment}"), &data));
            }
        }
        messages
    }

    fn released(id: &str, totals: &Totals, payment: &str, reason: HeldReason) -> Message {
        let data = PaymentReleasedData { order: Self::data(id, totals, Some(payment)), reason };
        Message::new(&message::PAYMENT_RELEASED, payment, &data)
    }

    fn about_payment(order: OrderData, payment: &Summary, held: Option<HeldReason>) -> OrderPaymentData {
        OrderPaymentData {
            order: OrderData { products: payment.products.clone(), ..order },
            payment_amount: payment.paid,
            payment_currency: payment.currency.clone(),
            held,
            payment_customer: payment.customer(),
        }
    }

    /// Whether a held payment still needs somebody's decision: one that was refunded in full does not.
    #[must_use]
    pub fn needs_decision(&self, payment: &str) -> Option<HeldReason> {
        let (summary, held) = self.known_payment(payment)?;
        held.filter(|_| !is_refunded(summary))
    }
}

/// Refunded or charged back in full.
const fn is_refunded(payment: &Summary) -> bool {
    payment.paid > 0 && payment.refunded + payment.lost >= payment.paid
}

/// What an order that is not paid calls for, once for each payment in one of these states.
const fn unpaid_topic(status: Status) -> Option<(&'static TopicOf<OrderData>, [PaymentStatus; 2])> {
    Some(match status {
        Status::Processing => {
            (&message::ORDER_PROCESSING, [PaymentStatus::Processing, PaymentStatus::Authorized])
        }
        Status::PaymentFailed => (&message::ORDER_PAYMENT_FAILED, [PaymentStatus::Failed; 2]),
        Status::Canceled => (&message::ORDER_CANCELED, [PaymentStatus::Canceled; 2]),
        Status::Expired => (&message::ORDER_EXPIRED, [PaymentStatus::Expired; 2]),
        _ => return None,
    })
}
