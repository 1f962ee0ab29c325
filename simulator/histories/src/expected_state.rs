//! The state that must be reached once every event of a history has been delivered.

/// The final state of everything in a history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectedState {
    /// Orders, each with its id as the company knows it.
    pub orders: Vec<ExpectedOrder>,
    /// Payments, by payment intent (or session, where there is no intent).
    pub payments: Vec<ExpectedPayment>,
    pub refunds: Vec<ExpectedRefund>,
    pub disputes: Vec<ExpectedDispute>,
    pub subscriptions: Vec<ExpectedSubscription>,
    pub invoices: Vec<ExpectedInvoice>,
    /// Order ids that stand on sessions of subscriptions: no such order may come to be.
    pub absent_orders: Vec<String>,
    /// Order ids that some event names and no payment pays: such an order counts no money, if it exists.
    pub unpaid_orders: Vec<String>,
    /// Orders that the company registers before anything is paid.
    pub registered: Vec<RegisteredOrder>,
    /// The keys of lasting outgoing messages that must exist in the end, exactly these.
    pub lasting: Vec<String>,
}

/// An order as the company registers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredOrder {
    /// The company's id for it.
    pub id: String,
    /// In the currency's minor unit.
    pub amount: i64,
    /// The currency as Stripe writes it, in lower case.
    pub currency: &'static str,
    /// The company's customer id, or Stripe's.
    pub customer: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedOrder {
    /// The connected account; empty is the company's own.
    pub account: String,
    /// False in test mode.
    pub livemode: bool,
    /// The company's id for it.
    pub id: String,
    pub status: &'static str,
    /// What it costs, in minor units.
    pub amount: i64,
    /// The currency as Stripe writes it, in lower case.
    pub currency: &'static str,
    /// What was paid of it, refunds not subtracted.
    pub amount_paid: i64,
    /// What was refunded, without refunds that failed or were canceled.
    pub amount_refunded: i64,
    /// The company's customer id in the metadata, or else Stripe's.
    pub customer: Option<String>,
    /// Whether it was paid at some time, be it with nothing.
    pub was_paid: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedPayment {
    /// The connected account; empty is the company's own.
    pub account: String,
    /// False in test mode.
    pub livemode: bool,
    /// Payment intent id, or session id where there is no intent.
    pub id: String,
    /// The order it is for.
    pub order: Option<String>,
    pub status: &'static str,
    pub amount: i64,
    /// The currency as Stripe writes it, in lower case.
    pub currency: &'static str,
    /// What was paid, refunds not subtracted.
    pub amount_paid: i64,
    pub amount_refunded: i64,
    pub dispute: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedRefund {
    pub id: String,
    /// The payment intent it gives back from.
    pub payment: String,
    /// The charge it gives back from.
    pub charge: String,
    /// In the currency's minor unit.
    pub amount: i64,
    /// The currency as Stripe writes it, in lower case.
    pub currency: &'static str,
    /// Stripe's status in the end.
    pub status: &'static str,
    /// Whether it was seen on its own in some event. Before 2024-10-28 a refund that never changes is
    /// seen only as a step of its charge.
    pub seen: bool,
    pub failed: bool,
}

/// A dispute or an inquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedDispute {
    pub id: String,
    pub payment: String,
    pub charge: String,
    /// In minor units; need not be the charge's.
    pub amount: i64,
    /// The currency as Stripe writes it, in lower case.
    pub currency: &'static str,
    /// Stripe's status in the end.
    pub status: &'static str,
    /// Whether it began as an inquiry.
    pub was_inquiry: bool,
    /// Whether it was a dispute, not an inquiry, at some time.
    pub was_dispute: bool,
    pub closed: bool,
    pub withdrawn: bool,
    pub reinstated: bool,
    /// The balance transaction that took the money again after it was reinstated.
    pub withdrawn_again: Option<String>,
    /// The result of an appeal, which reversed the first.
    pub appeal: Option<&'static str>,
    /// Until when staff must answer, in unix seconds.
    pub due_by: Option<i64>,
}

impl ExpectedDispute {
    /// Minor units that are away from the company in the end.
    #[must_use]
    pub fn withheld(&self) -> i64 {
        let is_away = self.withdrawn && (!self.reinstated || self.withdrawn_again.is_some());
        if is_away { self.amount } else { 0 }
    }

    #[must_use]
    pub fn state(&self) -> &'static str {
        match self.status {
            "won" => "won",
            "lost" => "lost",
            "prevented" if self.withheld() > 0 => "lost",
            "warning_closed" | "prevented" => "closed",
            "needs_response" | "under_review" => "open",
            _ => "inquiry",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedSubscription {
    pub id: String,
    pub customer: String,
    /// Stripe's status in the end.
    pub status: &'static str,
    /// Since when it has been `past_due`, if that is its status: access then hangs on the grace period.
    pub past_due_since: Option<i64>,
    /// Of each item the end that its newest paid invoice bills in advance, and of the items the earliest, in unix seconds.
    pub paid_through: Option<i64>,
    /// Whether it ends with the period.
    pub cancel_at_period_end: bool,
    /// What is subscribed to.
    pub items: Vec<ExpectedItem>,
    /// Whether it was `active` or `trialing` at some time.
    pub was_active: bool,
    /// Whether it ended (`customer.subscription.deleted`).
    pub ended: bool,
}

impl ExpectedSubscription {
    /// Access without regard to a grace period.
    #[must_use]
    pub fn access(&self) -> bool {
        matches!(self.status, "active" | "trialing")
    }
}

/// One item of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedItem {
    pub price: String,
    pub product: String,
    /// None for usage.
    pub quantity: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedInvoice {
    pub id: String,
    /// The subscription it is for.
    pub subscription: Option<String>,
    pub customer: String,
    /// Stripe's status in the end.
    pub status: &'static str,
    /// In the currency's minor unit.
    pub amount_due: i64,
    /// In the currency's minor unit.
    pub amount_paid: i64,
    /// The currency as Stripe writes it, in lower case.
    pub currency: &'static str,
    /// How often payment was tried.
    pub attempt_count: i64,
    pub paid: bool,
    /// Whether `invoice.payment_succeeded` came: it was paid by a payment, not out of band.
    pub payment_succeeded: bool,
    /// The end of what its lines pay for: of each item the latest, and of the items the earliest.
    pub period_end: Option<i64>,
    /// Not all of its lines are in its body: what its period is only Stripe's API shows.
    pub hides_lines: bool,
}
