//! A payment's status: ours for Stripe's, by what its objects say together.

use serde::{Deserialize, Serialize};
use stripe::objects::{Charge, CheckoutSession, PaymentIntent};

use super::{Payment, is_purchase};
use crate::version::Versioned;

/// Where a payment stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing decisive is known.
    #[default]
    Pending,
    /// A delayed method is under way.
    Processing,
    /// The money is authorized and not yet captured.
    Authorized,
    /// The money was captured, or none was asked for.
    Paid,
    /// The last attempt failed.
    Failed,
    /// Canceled by the company or the customer.
    Canceled,
    /// The checkout session ran out.
    Expired,
}

impl Status {
    /// The value in `payments.status`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Authorized => "authorized",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
        }
    }
}

impl Payment {
    /// Where it stands.
    pub(super) fn status(&self) -> Status {
        let session = self.session();
        if self.paid() > 0 || session.is_some_and(settled) || self.free_invoice().is_some() {
            return Status::Paid;
        }
        let intent = self.intent.as_ref().map(Versioned::latest);
        let expired = session.is_some_and(|session| session.status.as_deref() == Some("expired"));
        match intent.map(|intent| intent.status.as_str()) {
            Some("succeeded") => return Status::Paid,
            Some("canceled") if expired || intent.is_some_and(canceled_by_stripe) => return Status::Expired,
            Some("canceled") => return Status::Canceled,
            _ if expired => return Status::Expired,
            _ if self.delayed_failed && !self.is_tried_again() => return Status::Failed,
            Some("requires_capture") => return Status::Authorized,
            Some("processing") => return Status::Processing,
            _ => {}
        }
        self.status_without_intent(intent.is_some())
    }

    /// Where the payment stands by its charges and session, its intent being unknown or still open.
    fn status_without_intent(&self, open_intent: bool) -> Status {
        let charges = || self.charges.values().map(Versioned::latest);
        // A hold that was released is listed as refunded.
        let released = |c: &Charge| c.refunded && !c.captured;
        let charge = |status: &str, captured: bool| {
            charges().any(|c| c.status == status && c.captured == captured && !released(c))
        };
        if !open_intent && charge("succeeded", false) {
            Status::Authorized
        } else if !open_intent && (charge("pending", true) || charge("pending", false)) {
            Status::Processing
        } else if !open_intent && charges().any(released) {
            Status::Canceled
        } else if self.delayed_method_chosen() {
            Status::Processing
        } else if self.attempt_failed.is_some() {
            Status::Failed
        } else {
            Status::Pending
        }
    }

    /// The session was completed without being paid: a voucher, a transfer or a debit is under way, chosen after any
    /// attempt that failed before. An attempt that failed later is the delayed method's own.
    fn delayed_method_chosen(&self) -> bool {
        self.sessions.values().any(|versions| {
            let session = versions.latest();
            let completed_unpaid = is_purchase(session)
                && session.status.as_deref() == Some("complete")
                && session.payment_status.as_deref() == Some("unpaid");
            let completed = versions.latest_delta().created;
            // When it was completed, an answer of Stripe's does not say: at any time since it was made.
            let shown = versions.latest_delta().is_observation;
            let since = session.created.filter(|_| shown).unwrap_or(completed);
            completed_unpaid
                && self.attempt_failed.is_none_or(|failed| failed <= completed)
                && !self.waits_for_another_attempt(since)
        })
    }

    /// Whether another delayed attempt is under way since the session's own failed: a completed session has no event more.
    fn is_tried_again(&self) -> bool {
        let failed = self.sessions.values().map(|versions| versions.latest_delta().created).max();
        self.intent.as_ref().is_some_and(|versions| {
            versions.latest().status == "processing" && Some(versions.latest_delta().created) > failed
        })
    }

    /// Whether Stripe's API showed, at this time or later, that no attempt is under way.
    fn waits_for_another_attempt(&self, since: i64) -> bool {
        self.intent.as_ref().is_some_and(|versions| {
            let waits = versions.latest().status == "requires_payment_method";
            waits && versions.observed_at().is_some_and(|observed| observed >= since)
        })
    }
}

/// Paid for, or free.
pub(super) fn settled(session: &CheckoutSession) -> bool {
    let complete = session.status.as_deref() != Some("expired") && session.status.as_deref() != Some("open");
    match session.payment_status.as_deref() {
        Some("paid") => true,
        Some("no_payment_required") => complete,
        // Before 2020 sessions had no payment status and were completed only when paid.
        None => complete,
        Some(_) => false,
    }
}

/// Stripe cancels the payment intent of a session that runs out.
fn canceled_by_stripe(intent: &PaymentIntent) -> bool {
    matches!(intent.cancellation_reason.as_deref(), Some("automatic" | "expired"))
}
