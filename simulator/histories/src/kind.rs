//! The kinds of histories.

mod groups;

/// One kind of history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A card payment through Checkout.
    Card,
    /// A card payment by payment intent alone.
    Direct,
    /// A delayed method that succeeds days later.
    DelayedOk,
    /// A delayed method that fails days later.
    DelayedFailed,
    /// A session that nobody completes.
    Expired,
    /// A session that costs nothing.
    Free,
    /// Declined cards and authentications before a success.
    Retries,
    /// Declined cards, then nothing: the session expires and its intent is canceled with it.
    Abandoned,
    /// Authorized first, captured later.
    ManualCapture,
    /// Authorized, then voided: Stripe reports it as a refund of what was never captured.
    Released,
    /// An intent the company cancels.
    IntentCanceled,
    /// A first session that expires or fails, then a second that is paid.
    SecondAttempt,
    /// A quarter is refunded.
    RefundPartial,
    /// Two or three refunds of one payment.
    RefundSeveral,
    /// The whole payment is refunded.
    RefundFull,
    /// A refund that takes a day.
    RefundPending,
    /// A refund that fails, after it succeeded or before.
    RefundFailed,
    /// A refund that is canceled.
    RefundCanceled,
    /// A dispute that is not over.
    DisputeOpen,
    /// A dispute that is won.
    DisputeWon,
    /// A dispute that is lost.
    DisputeLost,
    /// A dispute over what was not refunded.
    DisputeAfterRefund,
    /// An inquiry that is closed.
    Inquiry,
    /// An inquiry that becomes a dispute.
    Escalated,
    /// A subscription that is paid, changed and renewed.
    Subscription,
    /// A trial: converted, paused or ended.
    Trial,
    /// A first payment that fails: recovered or expired.
    Incomplete,
    /// Invoices that are sent: paid, settled out of band, overdue, voided or uncollectible.
    SentInvoice,
    /// A renewal that fails: recovered, past due, unpaid or canceled.
    Dunning,
    /// An invoice that belongs to no subscription.
    ManualInvoice,
    /// A cart changes between a declined card and the payment, and with it the order.
    CartChanged,
    /// Somebody edits the metadata of a paid charge, which is then refunded.
    MetadataEdited,
    /// A part of a hold is captured, and the rest released.
    PartialCapture,
    /// A one-off invoice that names an order.
    OrderInvoice,
    /// A dispute whose result an appeal reverses.
    Appeal,
    /// A dispute that is prevented by a refund.
    PreventedResolved,
    /// A dispute that is prevented by a block: nothing moves.
    PreventedBlocked,
    /// A pending refund that is canceled.
    RefundPendingCanceled,
    /// The first of several refunds is not delivered.
    RefundNotDelivered,
    /// Two accounts use one order id.
    ConnectedAccount,
    /// A registered order whose total a promo code, shipping or tax changes.
    PromoCode,
    /// A registered order that the buyer pays in another currency.
    AdaptivePricing,
    /// An order that is paid twice.
    Overpaid,
    /// A registered order that two payments pay together.
    SplitPayment,
    /// A payment that does not match what was registered.
    Held,
    /// A charge without a payment intent.
    DirectCharge,
    /// A hold that is captured in several parts.
    MultiCapture,
    /// A dispute that names only its charge.
    DisputeByCharge,
    /// A refund that fails and is made again for the same amount.
    RefundAgain,
    /// A hold whose order changes before it is captured.
    HoldReordered,
    /// A one-off invoice that two payments pay.
    InvoiceByHalves,
    /// A one-off invoice whose discount and tax explain what was paid of a registered order.
    DiscountedInvoice,
    /// A plan whose interval changes: yearly to monthly, or the other way round.
    IntervalChanged,
    /// Renewals with items that are bought once.
    Fees,
    /// Items of several intervals in one subscription, one of which may be usage.
    MixedIntervals,
    /// A one-off invoice that names an order and asks for nothing.
    FreeInvoice,
    /// A live payment and a test payment name one order id.
    LiveAndTest,
}

impl Kind {
    /// Its name on the command line and in `History::name`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Direct => "direct",
            Self::DelayedOk => "delayed_ok",
            Self::DelayedFailed => "delayed_failed",
            Self::Expired => "expired",
            Self::Free => "free",
            Self::Retries => "retries",
            Self::Abandoned => "abandoned",
            Self::ManualCapture => "manual_capture",
            Self::Released => "released",
            Self::IntentCanceled => "intent_canceled",
            Self::SecondAttempt => "second_attempt",
            Self::RefundPartial => "refund_partial",
            Self::RefundSeveral => "refund_several",
            Self::RefundFull => "refund_full",
            Self::RefundPending => "refund_pending",
            Self::RefundFailed => "refund_failed",
            Self::RefundCanceled => "refund_canceled",
            Self::DisputeOpen => "dispute_open",
            Self::DisputeWon => "dispute_won",
            Self::DisputeLost => "dispute_lost",
            Self::DisputeAfterRefund => "dispute_after_refund",
            Self::Inquiry => "inquiry",
            Self::Escalated => "escalated",
            Self::Subscription => "subscription",
            Self::Trial => "trial",
            Self::Incomplete => "incomplete",
            Self::SentInvoice => "sent_invoice",
            Self::Dunning => "dunning",
            Self::ManualInvoice => "manual_invoice",
            Self::CartChanged => "cart_changed",
            Self::MetadataEdited => "metadata_edited",
            Self::PartialCapture => "partial_capture",
            Self::OrderInvoice => "order_invoice",
            Self::Appeal => "appeal",
            Self::PreventedResolved => "prevented_resolved",
            Self::PreventedBlocked => "prevented_blocked",
            Self::RefundPendingCanceled => "refund_pending_canceled",
            Self::RefundNotDelivered => "refund_not_delivered",
            Self::ConnectedAccount => "connected_account",
            Self::PromoCode => "promo_code",
            Self::AdaptivePricing => "adaptive_pricing",
            Self::Overpaid => "overpaid",
            Self::SplitPayment => "split_payment",
            Self::Held => "held",
            Self::DirectCharge => "direct_charge",
            Self::MultiCapture => "multi_capture",
            Self::DisputeByCharge => "dispute_by_charge",
            Self::RefundAgain => "refund_again",
            Self::HoldReordered => "hold_reordered",
            Self::InvoiceByHalves => "invoice_by_halves",
            Self::DiscountedInvoice => "discounted_invoice",
            Self::IntervalChanged => "interval_changed",
            Self::Fees => "fees",
            Self::MixedIntervals => "mixed_intervals",
            Self::FreeInvoice => "free_invoice",
            Self::LiveAndTest => "live_and_test",
        }
    }

    /// The kinds a name stands for: its own, or one of [`Kind::GROUPS`].
    #[must_use]
    pub fn named(name: &str) -> Option<Vec<Self>> {
        match name {
            "all" => Some(Self::ALL.to_vec()),
            "purchases" => Some(Self::PURCHASES.to_vec()),
            "money" => Some(Self::MONEY.to_vec()),
            "subscriptions" => Some(Self::SUBSCRIPTIONS.to_vec()),
            "edge_cases" => {
                Some(Self::EDGE_CASES.iter().copied().filter(|kind| Self::ALL.contains(kind)).collect())
            }
            _ => Self::ALL.iter().find(|kind| kind.name() == name).map(|kind| vec![*kind]),
        }
    }
}
