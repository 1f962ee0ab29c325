//! The kinds of e-mail, each with its topics and who gets it.

use domain::message;

use crate::alert;

/// What an e-mail is about. Each kind has a template and can be switched off by `MAIL_KINDS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// To the customer: the order was paid.
    OrderConfirmation,
    /// To the customer: money is on its way back.
    RefundNotice,
    /// To the customer: a payment failed or must be confirmed, with a link to pay where Stripe has one.
    PaymentFailed,
    /// To the customer: the trial ends soon.
    TrialEnding,
    /// To staff: a dispute or inquiry, with the deadline for evidence.
    DisputeOpened,
    /// To staff: a payment that does not match its order.
    PaymentHeld,
    /// To staff: events that no worker could process.
    DeadLetters,
    /// To staff: outgoing messages that cannot be sent, or a destination that is paused.
    DeliveryFailed,
}

/// Who gets an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The customer that it is about.
    Customer,
    /// `ALERT_TO` and `ALERT_URL`.
    Staff,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::OrderConfirmation,
        Self::RefundNotice,
        Self::PaymentFailed,
        Self::TrialEnding,
        Self::DisputeOpened,
        Self::PaymentHeld,
        Self::DeadLetters,
        Self::DeliveryFailed,
    ];

    /// Its name, in the settings and of its templates.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrderConfirmation => "order_confirmation",
            Self::RefundNotice => "refund_notice",
            Self::PaymentFailed => "payment_failed",
            Self::TrialEnding => "trial_ending",
            Self::DisputeOpened => "dispute_opened",
            Self::PaymentHeld => "payment_held",
            Self::DeadLetters => "dead_letters",
            Self::DeliveryFailed => "delivery_failed",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The topics of `outbox` that become it.
    #[must_use]
    pub const fn topics(self) -> &'static [&'static str] {
        match self {
            Self::OrderConfirmation => &[message::ORDER_PAID.topic.name],
            Self::RefundNotice => &[message::REFUND_CREATED.topic.name],
            Self::PaymentFailed => &[
                message::SUBSCRIPTION_PAYMENT_FAILED.topic.name,
                message::SUBSCRIPTION_PAYMENT_ACTION_REQUIRED.topic.name,
                message::ORDER_PAYMENT_FAILED.topic.name,
            ],
            Self::TrialEnding => &[message::SUBSCRIPTION_TRIAL_WILL_END.topic.name],
            Self::DisputeOpened => {
                &[message::DISPUTE_OPENED.topic.name, message::DISPUTE_INQUIRY_OPENED.topic.name]
            }
            Self::PaymentHeld => &[message::PAYMENT_HELD.topic.name],
            Self::DeadLetters => &[alert::DEAD_LETTERS],
            Self::DeliveryFailed => &[alert::DELIVERY_FAILED],
        }
    }

    /// The kind that a topic becomes.
    #[must_use]
    pub fn of_topic(topic: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.topics().contains(&topic))
    }

    /// Who gets it.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::OrderConfirmation | Self::RefundNotice | Self::PaymentFailed | Self::TrialEnding => {
                Audience::Customer
            }
            Self::DisputeOpened | Self::PaymentHeld | Self::DeadLetters | Self::DeliveryFailed => {
                Audience::Staff
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_becomes_one_kind_and_a_name_is_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.as_str()), Some(kind));
            for topic in kind.topics() {
                assert_eq!(Kind::of_topic(topic), Some(kind), "{topic}");
            }
        }
        assert_eq!(Kind::of_topic("order.overpaid"), None);
    }
}
