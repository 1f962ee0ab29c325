//! The settings that decisions depend on, and the reference code that proves a payment.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// What becomes of a payment whose order nobody registered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OrdersPolicy {
    /// The order is created from the payment.
    #[default]
    Adopt,
    /// The payment is held as `order_not_found` until the order is registered.
    Require,
}

/// What a checkout session's `client_reference_id` is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ClientReferenceId {
    /// The order's id, where no metadata names one.
    #[default]
    Order,
    /// Something else, such as the user's id.
    Ignore,
}

/// The settings that decisions depend on.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The setting `ORDERS_POLICY`: adopt or require.
    pub orders: OrdersPolicy,
    /// The setting `CLIENT_REFERENCE_ID`: order or ignore.
    pub client_reference_id: ClientReferenceId,
    /// `REFERENCE_SECRET`: when set, no order is paid without its code.
    pub reference_secret: Option<SecretString>,
    /// `SUBSCRIPTION_GRACE`: how long a subscription keeps access after it became `past_due`.
    pub grace: Duration,
    /// `STRIPE_LIVEMODE`: events of the other mode are ignored. A test payment that names a live order, as a copy of
    /// the shop's database may make one, must not pay it. `None`: both are processed.
    pub livemode: Option<bool>,
    /// Whether Stripe's API can be asked (`STRIPE_API_KEY`): objects in doubt are fetched.
    pub can_fetch: bool,
    /// `SEARCH_SECRET`: when set, what people are looked for by is kept as hashes under it
    /// ([`search_keys`](crate::search_keys)). No decision depends on it.
    pub search_secret: Option<SecretString>,
    /// How many parts of an aggregate its document holds. No setting: tests lower it.
    pub kept_parts: KeptParts,
}

/// How many parts of one kind (an order's payments, a payment's refunds or disputes) the document of an aggregate holds;
/// the others are in rows of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptParts(pub usize);

impl Default for KeptParts {
    fn default() -> Self {
        Self(8)
    }
}

/// The values of `STRIPE_LIVEMODE`, and what each means for [`Rules::livemode`].
pub const MODES: [(&str, Option<bool>); 3] = [("live", Some(true)), ("test", Some(false)), ("any", None)];

/// The reference code of an order: the first 20 hex characters of HMAC-SHA256 over
/// `<order id>\n<amount in minor units>\n<currency>`, keyed with `REFERENCE_SECRET`.
#[must_use]
pub fn reference_code(secret: &SecretString, order: &str, amount: i64, currency: &str) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 2)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("any key length");
    mac.update(format!("{order}\n{amount}\n{}", currency.to_ascii_lowercase()).as_bytes());
    let mut code = hex::encode(mac.finalize().into_bytes());
    code.truncate(20);
    code
}
