//! From an outgoing message to what its e-mail says, or why there is none.

use serde_json::Value;

use crate::kind::{Audience, Kind};
use crate::locale::Locale;
use crate::outgoing::Outgoing;
use crate::recipient::Contact;
use crate::values::{Values, values};

/// How what a message is about stands now, as Stripe spells it: a message may have waited for days. None where it is not
/// about such an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The refund's status.
    pub refund: Option<String>,
    /// The invoice's status.
    pub invoice: Option<String>,
    /// The subscription's status.
    pub subscription: Option<String>,
    /// The order's status.
    pub order: Option<String>,
    /// By the database's clock, unix seconds.
    pub now: i64,
}

/// Why a message becomes no e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// What it says is no longer so: the invoice was paid, the trial is over.
    NoLongerTrue,
    /// It is about the customer of a connected account, who does not know this company.
    ConnectedAccount,
    /// No event has named an address.
    NoAddress,
    /// The page of the checkout showed the customer that the payment failed.
    ShownAtCheckout,
}

impl SkipReason {
    /// What `outbox_deliveries.last_error` says.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoLongerTrue => "skipped: it is no longer true",
            Self::ConnectedAccount => "skipped: the customer is a connected account's",
            Self::NoAddress => "skipped: no event names an e-mail address",
            Self::ShownAtCheckout => "skipped: the checkout page showed that the payment failed",
        }
    }
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Draft {
    /// It is sent, with these values.
    Send(Values),
    /// It cannot be sent yet: an event that is still on its way may settle it. When none comes it is skipped for this
    /// reason.
    Wait(SkipReason),
    /// It is not sent.
    Skip(SkipReason),
}

/// What becomes of a message that is of a kind. `contact` is the customer's, and empty for alerts.
#[must_use]
pub fn draft(
    kind: Kind,
    message: &Outgoing,
    standing: &Standing,
    contact: &Contact,
    locale: Locale,
) -> Draft {
    if kind.audience() == Audience::Customer {
        if !message.account.is_empty() {
            return Draft::Skip(SkipReason::ConnectedAccount);
        }
        if !is_true(message, standing) {
            return Draft::Skip(SkipReason::NoLongerTrue);
        }
        let is_order = kind == Kind::PaymentFailed && message.data.get("invoice").is_none();
        if is_order && !contact.delayed_failed {
            return Draft::Wait(SkipReason::ShownAtCheckout);
        }
        if contact.email.is_none() {
            return Draft::Wait(SkipReason::NoAddress);
        }
    }
    Draft::Send(values(kind, message, contact, locale))
}

/// Whether what a message to a customer says is still so.
fn is_true(message: &Outgoing, now: &Standing) -> bool {
    let data = |field: &str| message.data.get(field).and_then(Value::as_str);
    match Kind::of_topic(&message.topic) {
        Some(Kind::RefundNotice) => {
            !matches!(now.refund.as_deref().or(data("status")), Some("failed" | "canceled"))
        }
        Some(Kind::PaymentFailed) if message.data.get("invoice").is_some() => {
            matches!(now.invoice.as_deref(), None | Some("open"))
        }
        Some(Kind::PaymentFailed) => now.order.as_deref().or(data("status")) == Some("payment_failed"),
        Some(Kind::TrialEnding) => {
            let ends = message.data.get("trial_end").and_then(Value::as_i64);
            now.subscription.as_deref().or(data("status")) == Some("trialing")
                && ends.is_some_and(|ends| ends > now.now)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(topic: &str, data: Value) -> Outgoing {
        Outgoing { topic: topic.to_owned(), account: String::new(), livemode: true, data }
    }

    fn known() -> Contact {
        Contact { email: Some("a@example.com".to_owned()), ..Contact::default() }
    }

    fn decide(message: &Outgoing, standing: &Standing, contact: &Contact) -> Option<SkipReason> {
        match draft(Kind::of_topic(&message.topic).unwrap(), message, standing, contact, Locale::En) {
            Draft::Send(_) => None,
            Draft::Wait(reason) | Draft::Skip(reason) => Some(reason),
        }
    }

    #[test]
    fn no_mail_says_that_a_payment_failed_after_it_succeeded() {
        let failed = message("subscription.payment_failed", json!({"invoice": "in_1", "amount_due": 5}));
        let standing = |status: &str| Standing { invoice: Some(status.to_owned()), ..Standing::default() };
        assert_eq!(decide(&failed, &standing("open"), &known()), None);
        for status in ["paid", "void", "uncollectible"] {
            assert_eq!(
                decide(&failed, &standing(status), &known()),
                Some(SkipReason::NoLongerTrue),
                "{status}"
            );
        }
    }

    #[test]
    fn a_failed_order_is_mailed_only_where_no_page_showed_it() {
        let failed = message("order.payment_failed", json!({"order": "o1", "status": "payment_failed"}));
        let contact = known();
        assert_eq!(decide(&failed, &Standing::default(), &contact), Some(SkipReason::ShownAtCheckout));
        let delayed = Contact { delayed_failed: true, ..contact };
        assert_eq!(decide(&failed, &Standing::default(), &delayed), None);
        let paid = Standing { order: Some("paid".to_owned()), ..Standing::default() };
        assert_eq!(decide(&failed, &paid, &delayed), Some(SkipReason::NoLongerTrue));
    }

    #[test]
    fn a_trial_that_is_over_does_not_end_soon() {
        let ends = message("subscription.trial_will_end", json!({"status": "trialing", "trial_end": 100}));
        let at = |now| Standing { now, ..Standing::default() };
        assert_eq!(decide(&ends, &at(99), &known()), None);
        assert_eq!(decide(&ends, &at(100), &known()), Some(SkipReason::NoLongerTrue));
        let active = Standing { subscription: Some("active".to_owned()), now: 1, ..Standing::default() };
        assert_eq!(decide(&ends, &active, &known()), Some(SkipReason::NoLongerTrue));
    }

    #[test]
    fn a_refund_that_failed_is_not_announced_and_an_unknown_address_is_waited_for() {
        let refund = message("refund.created", json!({"refund": "re_1", "status": "pending"}));
        assert_eq!(decide(&refund, &Standing::default(), &known()), None);
        let failed = Standing { refund: Some("failed".to_owned()), ..Standing::default() };
        assert_eq!(decide(&refund, &failed, &known()), Some(SkipReason::NoLongerTrue));
        assert_eq!(decide(&refund, &Standing::default(), &Contact::default()), Some(SkipReason::NoAddress));
    }

    #[test]
    fn customers_of_connected_accounts_get_nothing_and_staff_hear_of_them() {
        let paid = message("order.paid", json!({"order": "o1"}));
        let connected = Outgoing { account: "acct_1".to_owned(), ..paid };
        assert_eq!(decide(&connected, &Standing::default(), &known()), Some(SkipReason::ConnectedAccount));
        let dispute = Outgoing { topic: "dispute.opened".to_owned(), ..connected };
        assert_eq!(decide(&dispute, &Standing::default(), &Contact::default()), None);
    }
}
