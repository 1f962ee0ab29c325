//! Stripe API versions, compared by date.

/// An API version such as `2025-03-31.basil`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub &'static str);

impl Version {
    /// Before 2022-11-15: a charge holds its refunds, and a payment intent its charges.
    pub const WITH_CHARGE_REFUNDS: Self = Self("2020-08-27");

    /// 2022-11-15 to 2024-09-30: a refund that succeeds is reported only as the sum on its charge.
    pub const REFUNDS_AS_SUMS: &[Self] = &[
        Self("2022-11-15"),
        Self("2023-08-16"),
        Self("2023-10-16"),
        Self("2024-04-10"),
        Self("2024-06-20"),
        Self("2024-09-30.acacia"),
    ];

    /// Before 2025-03-31: a session in the buyer's currency says in `currency_conversion` what the company asked for.
    pub const WITH_CURRENCY_CONVERSION: &[Self] =
        &[Self("2024-09-30.acacia"), Self("2024-12-18.acacia"), Self("2025-02-24.acacia")];

    /// Every version since 2022-11-15 that a history can have.
    pub const ALL: &[Self] = &[
        Self("2022-11-15"),
        Self("2023-08-16"),
        Self("2023-10-16"),
        Self("2024-04-10"),
        Self("2024-06-20"),
        Self("2024-09-30.acacia"),
        Self("2024-10-28.acacia"),
        Self("2024-12-18.acacia"),
        Self("2025-02-24.acacia"),
        Self("2025-03-31.basil"),
        Self("2025-06-30.basil"),
        Self("2025-08-27.basil"),
        Self("2025-09-30.clover"),
        Self("2025-11-17.clover"),
        Self("2026-01-28.clover"),
        Self("2026-03-25.dahlia"),
        Self("2026-07-29.dahlia"),
    ];

    /// Whether this is `date` or later.
    #[must_use]
    pub fn since(self, date: &str) -> bool {
        self.0 >= date
    }

    /// 2025-03-31: invoices lost their payment, subscriptions their period, both moved elsewhere.
    #[must_use]
    pub fn basil(self) -> bool {
        self.since("2025-03-31")
    }

    /// 2024-10-28: `refund.created`, `refund.updated` and `refund.failed` cover every refund.
    #[must_use]
    pub fn refund_events(self) -> bool {
        self.since("2024-10-28")
    }
}
