//! The kinds of object that are read, and where each is.

/// A kind of object of Stripe's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// `payment_intent`, `pi_…`.
    PaymentIntent,
    /// `charge`, `ch_…` or `py_…`.
    Charge,
    /// `checkout.session`, `cs_…`.
    CheckoutSession,
    /// `invoice`, `in_…`; its body holds at most ten lines, see [`StripeApi::invoice`](crate::StripeApi::invoice).
    Invoice,
    /// `invoice_payment`, `inpay_…`, since 2025-03-31.basil.
    InvoicePayment,
    /// `subscription`, `sub_…`.
    Subscription,
    /// `refund`, `re_…` or `pyr_…`.
    Refund,
    /// `dispute`, `dp_…` or `du_…`.
    Dispute,
    /// `event`, `evt_…`; Stripe keeps them for 30 days.
    Event,
    /// `v2.core.event`, `evt_…`: a thin event with its data.
    ThinEvent,
    /// `balance_transaction`, `txn_…`.
    BalanceTransaction,
    /// `payout`, `po_…`.
    Payout,
    /// `webhook_endpoint`, `we_…`, with its `enabled_events`.
    WebhookEndpoint,
    /// `account`, `acct_…`: the connected accounts.
    Account,
}

impl Resource {
    /// The closed list.
    pub const ALL: [Self; 14] = [
        Self::PaymentIntent,
        Self::Charge,
        Self::CheckoutSession,
        Self::Invoice,
        Self::InvoicePayment,
        Self::Subscription,
        Self::Refund,
        Self::Dispute,
        Self::Event,
        Self::ThinEvent,
        Self::BalanceTransaction,
        Self::Payout,
        Self::WebhookEndpoint,
        Self::Account,
    ];

    /// What `object` says in an object of this kind, and `related_object.type` in a thin event.
    #[must_use]
    pub const fn object(self) -> &'static str {
        match self {
            Self::PaymentIntent => "payment_intent",
            Self::Charge => "charge",
            Self::CheckoutSession => "checkout.session",
            Self::Invoice => "invoice",
            Self::InvoicePayment => "invoice_payment",
            Self::Subscription => "subscription",
            Self::Refund => "refund",
            Self::Dispute => "dispute",
            Self::Event => "event",
            Self::ThinEvent => "v2.core.event",
            Self::BalanceTransaction => "balance_transaction",
            Self::Payout => "payout",
            Self::WebhookEndpoint => "webhook_endpoint",
            Self::Account => "account",
        }
    }

    /// The kind whose objects say `object`; none for one that is not read.
    #[must_use]
    pub fn of_object(object: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.object() == object)
    }

    /// The path of the list; an object's own is this, a slash and its id.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::PaymentIntent => "/v1/payment_intents",
            Self::Charge => "/v1/charges",
            Self::CheckoutSession => "/v1/checkout/sessions",
            Self::Invoice => "/v1/invoices",
            Self::InvoicePayment => "/v1/invoice_payments",
            Self::Subscription => "/v1/subscriptions",
            Self::Refund => "/v1/refunds",
            Self::Dispute => "/v1/disputes",
            Self::Event => "/v1/events",
            Self::ThinEvent => "/v2/core/events",
            Self::BalanceTransaction => "/v1/balance_transactions",
            Self::Payout => "/v1/payouts",
            Self::WebhookEndpoint => "/v1/webhook_endpoints",
            Self::Account => "/v1/accounts",
        }
    }
}
