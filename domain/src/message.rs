//! Messages to the company's own services: the topics, and what makes a message unique.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use schemars::{Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

use crate::origin::Origin;

mod data;

pub use data::{
    DisputeData, InvoiceAttemptData, InvoiceData, ItemData, OrderData, OrderPaymentData, PaidInvoiceData,
    PaymentReleasedData, RefundData, SubscriptionChangeData, SubscriptionData,
};

/// A topic of `sluicegate.out`.
#[derive(Debug)]
pub struct Topic {
    /// The routing key, such as `order.paid`.
    pub name: &'static str,
    /// True when the condition, once true, is true for ever: every order of arrival sends it, exactly
    /// once. False for a notice: sent at most once, and only if it is true at the commit that sends it.
    pub lasting: bool,
    /// When it is sent, for the documentation.
    pub when: &'static str,
    /// What follows the topic in the key, for the documentation.
    pub about: &'static str,
    /// The schema of its data.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

/// Topics have different names.
impl PartialEq for Topic {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Topic {
    /// The stable id of the schema of its data: the `dataschema` of the CloudEvent. The number changes when a field is
    /// removed or means something else, not when one is added.
    #[must_use]
    pub fn schema_id(name: &str) -> String {
        format!("urn:sluicegate:message:{name}:1")
    }
}

/// A topic whose messages have `D` as data.
#[derive(Debug)]
pub struct TopicOf<D> {
    /// The topic.
    pub topic: Topic,
    data: PhantomData<fn() -> D>,
}

macro_rules! topics {
    ($($constant:ident: $data:ident = $kind:ident $name:literal $about:literal: $when:literal;)*) => {
        $(#[doc = $when] pub const $constant: TopicOf<$data> = TopicOf {
            topic: Topic {
                name: $name,
                lasting: topics!(@ $kind),
                when: $when,
                about: $about,
                schema: |generator| generator.subschema_for::<$data>(),
            },
            data: PhantomData,
        };)*
        /// The topics of all messages, as docs/MESSAGES.md lists them.
        pub const TOPICS: &[&Topic] = &[$(&$constant.topic),*];
    };
    (@ lasting) => { true };
    (@ notice) => { false };
}

topics! {
    ORDER_PAID: OrderData = lasting "order.paid" "<order>": "the order was paid in full (once for each order)";
    ORDER_PROCESSING: OrderData = notice "order.processing" "<order>/<payment>": "a delayed payment is under way, or money is authorized (once for each payment)";
    ORDER_PAYMENT_FAILED: OrderData = notice "order.payment_failed" "<order>/<payment>": "the last attempt to pay failed (once for each payment)";
    ORDER_CANCELED: OrderData = notice "order.canceled" "<order>/<payment>": "the payment was canceled (once for each payment)";
    ORDER_EXPIRED: OrderData = notice "order.expired" "<order>/<payment>": "the checkout session expired (once for each payment)";
    ORDER_PAYMENT_RECEIVED: OrderPaymentData = lasting "order.payment_received" "<order>/<payment>": "a payment that names the order was captured (once for each payment; `held` says why it does not count)";
    ORDER_OVERPAID: OrderData = notice "order.overpaid" "<order>": "more was captured than the order costs (once for each order; `order.payment_received` names each payment)";
    PAYMENT_HELD: OrderPaymentData = notice "payment.held" "<payment>/<reason>": "the payment does not match its order and does not count for it (once for each payment and reason)";
    PAYMENT_RELEASED: PaymentReleasedData = notice "payment.released" "<payment>": "a payment that was held counts for its order now (once for each payment)";
    ORDER_PARTIALLY_REFUNDED: OrderData = notice "order.partially_refunded" "<order>/<sum refunded>": "some of the money was refunded (once for each sum that the charge shows; `refund.created` names each refund)";
    ORDER_REFUNDED: OrderData = notice "order.refunded" "<order>": "all of the money was refunded (once for each order; a refund may still fail)";
    REFUND_CREATED: RefundData = lasting "refund.created" "<refund>": "the refund exists";
    REFUND_FAILED: RefundData = lasting "refund.failed" "<refund>": "the refund failed: the company has the money again";
    REFUND_CANCELED: RefundData = lasting "refund.canceled" "<refund>": "the refund was canceled before it was paid out";
    DISPUTE_OPENED: DisputeData = lasting "dispute.opened" "<dispute>": "the customer's bank disputes the payment (reason, amount, evidence due by)";
    DISPUTE_INQUIRY_OPENED: DisputeData = lasting "dispute.inquiry_opened" "<dispute>": "the customer's bank inquires; no money has moved";
    DISPUTE_CLOSED: DisputeData = lasting "dispute.closed" "<dispute>, then <dispute>/<state>, then <dispute>/<state>/<number>": "the dispute or inquiry is over (`state`: won, lost or closed; again when an appeal reverses the result)";
    DISPUTE_FUNDS_WITHDRAWN: DisputeData = lasting "dispute.funds_withdrawn" "<dispute>, then <dispute>/<balance transaction>": "the disputed money was withdrawn (once for each withdrawal)";
    DISPUTE_FUNDS_REINSTATED: DisputeData = lasting "dispute.funds_reinstated" "<dispute>, then <dispute>/<balance transaction>": "disputed money was reinstated (once for each movement)";
    SUBSCRIPTION_PAYMENT_SUCCEEDED: InvoiceData = lasting "subscription.payment_succeeded" "<invoice>": "an invoice of the subscription was paid by a payment: the hook for provisioning (once for each invoice)";
    SUBSCRIPTION_INVOICE_SETTLED: InvoiceData = lasting "subscription.invoice_settled" "<invoice>": "an invoice of the subscription is settled, by a payment or out of band (once for each invoice)";
    SUBSCRIPTION_PAYMENT_FAILED: InvoiceAttemptData = notice "subscription.payment_failed" "<invoice>/<attempt>": "an attempt to collect an invoice failed (attempt count, next attempt; once for each attempt)";
    SUBSCRIPTION_PAYMENT_ACTION_REQUIRED: InvoiceData = notice "subscription.payment_action_required" "<invoice>/<attempt>": "the customer must confirm the payment of an invoice (once for each attempt, instead of `subscription.payment_failed`)";
    INVOICE_FINALIZATION_FAILED: InvoiceData = notice "invoice.finalization_failed" "<invoice>": "a draft could not be finalized: nothing is collected until it is fixed (once for each invoice)";
    SUBSCRIPTION_ACTIVATED: SubscriptionData = lasting "subscription.activated" "<subscription>": "the subscription was active or trialing for the first time";
    SUBSCRIPTION_CHANGED: SubscriptionChangeData = lasting "subscription.changed" "<subscription>/<time>/<change>": "status, items, trial, pause or the planned end changed (`changed_at`, `what`, `from`, `to`; once for each change, also when a newer one is known already)";
    SUBSCRIPTION_TRIAL_WILL_END: SubscriptionData = notice "subscription.trial_will_end" "<subscription>/<trial end>": "the trial ends soon (once for each trial end, again when it moves nearer)";
    SUBSCRIPTION_CANCELED: SubscriptionData = lasting "subscription.canceled" "<subscription>": "the subscription ended";
    SUBSCRIPTION_ACCESS_LOST: SubscriptionData = notice "subscription.access_lost" "<subscription>/<time of the loss>": "the customer had access and has none any more (once for each loss, and at the end)";
    SUBSCRIPTION_ACCESS_RESTORED: SubscriptionData = notice "subscription.access_restored" "<subscription>/<time of the loss>": "the customer has access again after a loss, the end of a grace period included (once for each loss)";
}

/// A message that a state calls for. Its key makes it unique: it is sent at most once, ever.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// `<topic>/<what it is about>`.
    pub key: String,
    /// The topic, which says whether the message is lasting.
    pub topic: &'static Topic,
    /// The account and mode that it is about.
    pub origin: Origin,
    /// The key of a message about the same thing: this one is not sent once that one was.
    pub instead_of: Option<String>,
    /// The `data` of the message.
    pub data: Value,
}

impl Message {
    /// A message of a topic about something, in the company's own account and test mode until [`Message::of`] says
    /// otherwise.
    #[must_use]
    pub fn new<D: Serialize>(topic: &'static TopicOf<D>, about: &str, data: &D) -> Self {
        let topic = &topic.topic;
        let key = format!("{}/{about}", topic.name);
        Self { key, topic, origin: Origin::default(), instead_of: None, data: json!(data) }
    }

    /// The same message in an account and mode.
    #[must_use]
    pub fn of(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }
}

/// Leaves the messages that were not called for before.
pub(crate) fn retain_unsent(messages: &mut Vec<Message>, before: &[Message]) {
    let sent: BTreeSet<&str> = before.iter().map(|message| message.key.as_str()).collect();
    messages.retain(|message| {
        !sent.contains(message.key.as_str())
            && !message.instead_of.as_deref().is_some_and(|key| sent.contains(key))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_differ_by_name() {
        assert_eq!(ORDER_PAID.topic, ORDER_PAID.topic);
        assert_ne!(ORDER_PAID.topic, ORDER_REFUNDED.topic);
        let names: BTreeSet<&str> = TOPICS.iter().map(|topic| topic.name).collect();
        assert_eq!(names.len(), TOPICS.len());
    }
}
