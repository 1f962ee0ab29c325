//! Typed views of the Stripe objects that Sluicegate acts on.
//!
//! Owns where a value is in each API version: every reader looks at the new field first, then at
//! the old one, so the shape of the object decides and `api_version` stays informative. A view carries
//! only what is used. Unknown fields, statuses and enum values are kept as they are and are never an
//! error; a value that the object's type cannot do without is a [`ViewError`].
//!
//! It must never infer: what is absent stays `None`.

mod charge;
mod checkout_session;
mod dispute;
mod invoice;
mod json;
mod payment_intent;
mod refund;
mod subscription;

pub use charge::Charge;
pub use checkout_session::{CheckoutSession, Conversion, Presentment};
pub use dispute::{BalanceTransaction, Dispute};
pub use invoice::{Invoice, InvoicePayment, Period};
pub use json::{Fields, ViewError};
pub use payment_intent::PaymentIntent;
pub use refund::Refund;
pub use subscription::{Subscription, SubscriptionItem};

use serde::{Deserialize, Serialize};

/// What the company wrote into an object's metadata about its own order, in camel or snake case
/// (`orderId`/`order_id`, `customerId`/`customer_id`, `productIds`/`product_ids`,
/// `referenceCode`/`reference_code`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reference {
    /// The company's order id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The company's own customer id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The products, as the company wrote them (often a comma separated list).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products: Option<String>,
    /// The code that proves that the company made this payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Reference {
    /// Reads `metadata` of an object. Metadata values are strings by Stripe's rule; others are passed over.
    #[must_use]
    pub fn read(object: &Fields<'_>) -> Self {
        let metadata = object.child("metadata");
        let text = |camel: &str, snake: &str| {
            let found = metadata.as_ref().and_then(|m| m.text(camel).or_else(|| m.text(snake)));
            // A trailing space is no other order.
            found.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
        };
        Self {
            order: text("orderId", "order_id"),
            customer: text("customerId", "customer_id"),
            products: text("productIds", "product_ids"),
            code: text("referenceCode", "reference_code"),
        }
    }
}
