//! Messages to the company's own services: the topics, and what makes a message unique.

use serde_json::Value;

use crate::origin::Origin;

/// A topic of `sluicegate.out`.
#[derive(Debug, PartialEq, Eq)]
pub struct Topic {
    /// The routing key, such as `order.paid`.
    pub name: &'static str,
    /// True when the condition, once true, is true for ever: every order of arrival sends it, exactly
    /// once. False for a notice: sent at most once, and only if it is true at the commit that sends it.
    pub lasting: bool,
    /// When it is sent, for the documentation.
    pub when: &'static str,
}

macro_rules! topics {
    ($($constant:ident = $kind:ident $name:literal: $when:literal;)*) => {
        $(#[doc = $when] pub const $constant: Topic =
            Topic { name: $name, lasting: topics!(@ $kind), when: $when };)*
        /// The topics of all messages, as docs/MESSAGES.md lists them.
        pub const TOPICS: &[&Topic] = &[$(&$constant),*];
    };
    (@ lasting) => { true };
    (@ notice) => { false };
}

topics! {
    ORDER_PAID = lasting "order.paid": "the order was paid in full (once for each order)";
    ORDER_PROCESSING = notice "order.processing": "a delayed payment is under way, or money is authorized (once for each payment)";
    ORDER_PAYMENT_FAILED = notice "order.payment_failed": "the last attempt to pay failed (once for each payment)";
    ORDER_CANCELED = notice "order.canceled": "the payment was canceled (once for each payment)";
    ORDER_EXPIRED = notice "order.expired": "the checkout session expired (once for each payment)";
    ORDER_PAYMENT_RECEIVED = lasting "order.payment_received": "a payment that names the order was captured (once for each payment; `held` says why it does not count)";
    ORDER_OVERPAID = notice "order.overpaid": "more was captured than the order costs (once for each order; `order.payment_received` names each payment)";
    PAYMENT_HELD = notice "payment.held": "the payment does not match its order and does not count for it (once for each payment and reason)";
    PAYMENT_RELEASED = notice "payment.released": "a payment that was held counts for its order now (once for each payment)";
    ORDER_PARTIALLY_REFUNDED = notice "order.partially_refunded": "some of the money was refunded (once for each sum that the charge shows; `refund.created` names each refund)";
    ORDER_REFUNDED = notice "order.refunded": "all of the money was refunded (once for each order; a refund may still fail)";
    REFUND_CREATED = lasting "refund.created": "the refund exists";
    REFUND_FAILED = lasting "refund.failed": "the refund failed: the company has the money again";
    REFUND_CANCELED = lasting "refund.canceled": "the refund was canceled before it was paid out";
    DISPUTE_OPENED = lasting "dispute.opened": "the customer's bank disputes the payment (reason, amount, evidence due by)";
    DISPUTE_INQUIRY_OPENED = lasting "dispute.inquiry_opened": "the customer's bank inquires; no money has moved";
    DISPUTE_CLOSED = lasting "dispute.closed": "the dispute or inquiry is over (`state`: won, lost or closed; again when an appeal reverses the result)";
    DISPUTE_FUNDS_WITHDRAWN = lasting "dispute.funds_withdrawn": "the disputed money was withdrawn (once for each withdrawal)";
    DISPUTE_FUNDS_REINSTATED = lasting "dispute.funds_reinstated": "disputed money was reinstated (once for each movement)";
    SUBSCRIPTION_PAYMENT_SUCCEEDED = lasting "subscription.payment_succeeded": "an invoice of the subscription was paid by a payment: the hook for provisioning (once for each invoice)";
    SUBSCRIPTION_INVOICE_SETTLED = lasting "subscription.invoice_settled": "an invoice of the subscription is settled, by a payment or out of band (once for each invoice)";
    SUBSCRIPTION_PAYMENT_FAILED = notice "subscription.payment_failed": "an attempt to collect an invoice failed (attempt count, next attempt; once for each attempt)";
    SUBSCRIPTION_PAYMENT_ACTION_REQUIRED = notice "subscription.payment_action_required": "the customer must confirm the payment of an invoice (once for each attempt, instead of `subscription.payment_failed`)";
    INVOICE_FINALIZATION_FAILED = notice "invoice.finalization_failed": "a draft could not be finalized: nothing is collected until it is fixed (once for each invoice)";
    SUBSCRIPTION_ACTIVATED = lasting "subscription.activated": "the subscription was active or trialing for the first time";
    SUBSCRIPTION_CHANGED = lasting "subscription.changed": "status, items, trial, pause or the planned end changed (`changed_at`, `what`, `from`, `to`; once for each change, also when a newer one is known already)";
    SUBSCRIPTION_TRIAL_WILL_END = notice "subscription.trial_will_end": "the trial ends soon (once for each trial end, again when it moves nearer)";
    SUBSCRIPTION_CANCELED = lasting "subscription.canceled": "the subscription ended";
    SUBSCRIPTION_ACCESS_LOST = notice "subscription.access_lost": "the customer had access and has none any more (once for each loss, and at the end)";
    SUBSCRIPTION_ACCESS_RESTORED = notice "subscription.access_restored": "the customer has access again after a loss, the end of a grace period included (once for each loss)";
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
    pub fn new(topic: &'static Topic, about: &str, data: Value) -> Self {
        let key = format!("{}/{about}", topic.name);
        Self { key, topic, origin: Origin::default(), instead_of: None, data }
    }

    /// The same message in an account and mode.
    #[must_use]
    pub fn of(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }
}
