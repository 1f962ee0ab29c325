//! Kinds that belong together.

use super::Kind;

impl Kind {
    /// One-time purchases without refunds and disputes.
    pub const PURCHASES: &[Self] = &[
        Self::Card,
        Self::Direct,
        Self::DelayedOk,
        Self::DelayedFailed,
        Self::Expired,
        Self::Free,
        Self::Retries,
        Self::Abandoned,
        Self::ManualCapture,
        Self::Released,
        Self::IntentCanceled,
        Self::SecondAttempt,
    ];

    /// Purchases that are refunded or disputed.
    pub const MONEY: &[Self] = &[
        Self::RefundPartial,
        Self::RefundSeveral,
        Self::RefundFull,
        Self::RefundPending,
        Self::RefundFailed,
        Self::RefundCanceled,
        Self::DisputeOpen,
        Self::DisputeWon,
        Self::DisputeLost,
        Self::DisputeAfterRefund,
        Self::Inquiry,
        Self::Escalated,
    ];

    pub const SUBSCRIPTIONS: &[Self] = &[
        Self::Subscription,
        Self::Trial,
        Self::Incomplete,
        Self::SentInvoice,
        Self::Dunning,
        Self::ManualInvoice,
        Self::IntervalChanged,
        Self::Fees,
        Self::MixedIntervals,
    ];

    /// What goes wrong easily.
    pub const EDGE_CASES: &[Self] = &[
        Self::CartChanged,
        Self::MetadataEdited,
        Self::PartialCapture,
        Self::OrderInvoice,
        Self::Appeal,
        Self::PreventedResolved,
        Self::PreventedBlocked,
        Self::RefundPendingCanceled,
        Self::RefundNotDelivered,
        Self::ConnectedAccount,
        Self::PromoCode,
        Self::AdaptivePricing,
        Self::Overpaid,
        Self::SplitPayment,
        Self::Held,
        Self::DirectCharge,
        Self::MultiCapture,
        Self::DisputeByCharge,
        Self::RefundAgain,
        Self::HoldReordered,
        Self::InvoiceByHalves,
        Self::DiscountedInvoice,
        Self::FreeInvoice,
        Self::LiveAndTest,
    ];

    /// Every kind but those that stand apart.
    pub const ALL: &[Self] = &[
        Self::Card,
        Self::Direct,
        Self::DelayedOk,
        Self::DelayedFailed,
        Self::Expired,
        Self::Free,
        Self::Retries,
        Self::Abandoned,
        Self::ManualCapture,
        Self::Released,
        Self::IntentCanceled,
        Self::SecondAttempt,
        Self::RefundPartial,
        Self::RefundSeveral,
        Self::RefundFull,
        Self::RefundPending,
        Self::RefundFailed,
        Self::RefundCanceled,
        Self::DisputeOpen,
        Self::DisputeWon,
        Self::DisputeLost,
        Self::DisputeAfterRefund,
        Self::Inquiry,
        Self::Escalated,
        Self::Subscription,
        Self::Trial,
        Self::Incomplete,
        Self::SentInvoice,
        Self::Dunning,
        Self::ManualInvoice,
        Self::CartChanged,
        Self::MetadataEdited,
        Self::PartialCapture,
        Self::OrderInvoice,
        Self::Appeal,
        Self::PreventedResolved,
        Self::PreventedBlocked,
        Self::RefundPendingCanceled,
        Self::RefundNotDelivered,
        Self::Overpaid,
        Self::DirectCharge,
        Self::MultiCapture,
        Self::DisputeByCharge,
        Self::RefundAgain,
        Self::HoldReordered,
        Self::InvoiceByHalves,
        Self::IntervalChanged,
        Self::Fees,
        Self::MixedIntervals,
        Self::FreeInvoice,
    ];

    /// Kinds that stand apart: their orders are registered, or belong to two accounts or modes.
    pub const APART: &[Self] = &[
        Self::ConnectedAccount,
        Self::PromoCode,
        Self::AdaptivePricing,
        Self::SplitPayment,
        Self::Held,
        Self::DiscountedInvoice,
        Self::LiveAndTest,
    ];

    /// Names for several kinds at once.
    pub const GROUPS: &[&str] = &["all", "purchases", "money", "subscriptions", "edge_cases"];
}
