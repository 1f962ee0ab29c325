//! The kinds of life a company sees.

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
    /// A session nobody completes.
    Expired,
    /// A session that costs nothing.
    Free,
    /// Declined cards and authentications before a success.
    Retries,
    /// Declined cards, then nothing: the session expires and its intent is canceled with it.
    Abandoned,
    /// Authorized first, captured later.
    ManualCapture,
    /// An intent the company cancels.
    IntentCanceled,
    /// A first session that expires or fails, then a second that is paid.
    SecondTry,
}

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
        Self::IntentCanceled,
        Self::SecondTry,
    ];

    /// Every kind.
    pub const ALL: &[Self] = Self::PURCHASES;

    /// Words for several kinds at once.
    pub const GROUPS: &[&str] = &["all", "purchases"];

    /// The word for it on the command line and in `History::name`.
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
            Self::IntentCanceled => "intent_canceled",
            Self::SecondTry => "second_try",
        }
    }

    /// The kinds a word stands for: its own, or `purchases`, or `all`.
    #[must_use]
    pub fn named(word: &str) -> Option<Vec<Self>> {
        match word {
            "all" => Some(Self::ALL.to_vec()),
            "purchases" => Some(Self::PURCHASES.to_vec()),
            _ => Self::ALL.iter().find(|kind| kind.name() == word).map(|kind| vec![*kind]),
        }
    }
}
