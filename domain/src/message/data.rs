//! The `data` of each message. The schemas that consumers read are made from these types: their comments are the
//! descriptions there.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use stripe::objects::SubscriptionItem;

use crate::dispute_state::DisputeState;
use crate::held::HeldReason;
use crate::order_status::Status as OrderStatus;

/// An order and what its payments add up to, as known when the message was written.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Order")]
pub struct OrderData {
    /// The company's order id.
    pub order: String,
    /// Where the order stands.
    pub status: OrderStatus,
    /// The customer that the order was registered with, else that of its first payment.
    pub customer: Option<String>,
    /// What the order costs, in minor units of `currency`; null while that is not known.
    pub amount: Option<i64>,
    /// ISO 4217 code in lower case.
    pub currency: Option<String>,
    /// Captured, in minor units, by the payments that count for the order.
    pub amount_paid: i64,
    /// Refunded of it, in minor units.
    pub amount_refunded: i64,
    /// In dispute or lost to one, in minor units.
    pub amount_disputed: i64,
    /// Stripe's id of the payment intent that paid the order, else of its first payment.
    pub payment_intent: Option<String>,
    /// The payment that the message is about, where it is about one: the id of its payment intent, else of its charge or
    /// checkout session.
    pub payment: Option<String>,
    /// The product ids that the payment's metadata names.
    pub products: Option<String>,
}

/// One payment of an order, and the order as in Order.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "OrderPayment")]
pub struct OrderPaymentData {
    /// The order.
    #[serde(flatten)]
    pub order: OrderData,
    /// Captured by this payment, in minor units of `payment_currency`.
    pub payment_amount: i64,
    /// ISO 4217 code in lower case.
    pub payment_currency: Option<String>,
    /// Why the payment does not count for the order; null when it counts.
    pub held: Option<HeldReason>,
    /// The customer that the payment names: the company's own id, else Stripe's.
    pub payment_customer: Option<String>,
}

/// A payment that was held and counts now, and the order as in Order.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "PaymentReleased")]
pub struct PaymentReleasedData {
    /// The order.
    #[serde(flatten)]
    pub order: OrderData,
    /// Why the payment was held.
    pub reason: HeldReason,
}

/// The invoice of a payment.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PaidInvoiceData {
    /// Stripe's id of the invoice that the payment paid; absent where it paid none.
    pub invoice: String,
    /// Stripe's id of the invoice's subscription; absent where the payment paid no invoice.
    pub subscription: Option<String>,
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Refund")]
pub struct RefundData {
    /// Stripe's id of the refund, `re_…` or `pyr_…`.
    pub refund: String,
    /// The refunded payment: the id of its payment intent, else of its charge.
    pub payment: String,
    /// The company's order id, where the payment names one.
    pub order: Option<String>,
    /// Stripe's id of the refunded charge.
    pub charge: Option<String>,
    /// Minor units of `currency`.
    pub amount: i64,
    /// ISO 4217 code in lower case.
    pub currency: String,
    /// As Stripe spells it: `pending`, `requires_action`, `succeeded`, `failed` or `canceled`; the list is open.
    pub status: String,
    /// As Stripe spells it: `duplicate`, `fraudulent`, `requested_by_customer` …
    pub reason: Option<String>,
    /// Why it failed, as Stripe spells it.
    pub failure_reason: Option<String>,
    /// The customer of the payment, else of its invoice.
    pub customer: Option<String>,
    /// The invoice that the payment paid.
    #[serde(flatten)]
    pub paid: Option<PaidInvoiceData>,
}

/// A dispute or an inquiry.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Dispute")]
pub struct DisputeData {
    /// Stripe's id of the dispute, `dp_…` or `du_…`.
    pub dispute: String,
    /// The disputed payment: the id of its payment intent, else of its charge.
    pub payment: String,
    /// The company's order id, where the payment names one.
    pub order: Option<String>,
    /// Stripe's id of the disputed charge.
    pub charge: Option<String>,
    /// Disputed, in minor units of `currency`; may differ from what was paid.
    pub amount: i64,
    /// ISO 4217 code in lower case.
    pub currency: String,
    /// As Stripe spells it; the list is open.
    pub status: String,
    /// What it means for the money.
    pub state: DisputeState,
    /// Why the customer disputes the payment, as Stripe spells it: `fraudulent`, `product_not_received` …
    pub reason: Option<String>,
    /// When evidence must have been handed in, unix seconds.
    pub evidence_due_by: Option<i64>,
    /// Lost to it, in minor units.
    pub amount_lost: i64,
    /// The customer of the payment, else of its invoice.
    pub customer: Option<String>,
    /// The invoice that the payment paid.
    #[serde(flatten)]
    pub paid: Option<PaidInvoiceData>,
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Invoice")]
pub struct InvoiceData {
    /// Stripe's id of the invoice, `in_…`.
    pub invoice: String,
    /// Stripe's id of the subscription: what is provisioned.
    pub subscription: Option<String>,
    /// As Stripe spells it: `draft`, `open`, `paid`, `uncollectible` or `void`; `deleted` for a draft that was deleted. The
    /// list is open.
    pub status: Option<String>,
    /// Stripe's id of the customer, `cus_…`.
    pub customer: Option<String>,
    /// What was asked for, in minor units of `currency`.
    pub amount_due: Option<i64>,
    /// What was paid, in minor units; 0 for a trial or a full discount.
    pub amount_paid: Option<i64>,
    /// ISO 4217 code in lower case.
    pub currency: Option<String>,
    /// As Stripe spells it: `subscription_create`, `subscription_cycle` …
    pub billing_reason: Option<String>,
    /// When the period ends that it pays for, unix seconds.
    pub period_end: Option<i64>,
    /// Stripe's id of the payment intent that paid it.
    pub payment_intent: Option<String>,
}

/// A failed attempt to collect an invoice, and the invoice as in Invoice.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceAttempt")]
pub struct InvoiceAttemptData {
    /// The invoice.
    #[serde(flatten)]
    pub invoice: InvoiceData,
    /// Which attempt failed, counted from 1.
    pub attempt_count: i64,
    /// When Stripe tries again, unix seconds; null when it does not.
    pub next_payment_attempt: Option<i64>,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Subscription")]
pub struct SubscriptionData {
    /// Stripe's id of the subscription, `sub_…`.
    pub subscription: String,
    /// Stripe's id of the customer, `cus_…`.
    pub customer: Option<String>,
    /// As Stripe spells it: `incomplete`, `trialing`, `active`, `past_due`, `unpaid`, `paused`, `canceled` or
    /// `incomplete_expired`; the list is open.
    pub status: Option<String>,
    /// What was bought.
    pub items: Option<Vec<ItemData>>,
    /// Paid for until then, unix seconds.
    pub paid_through: Option<i64>,
    /// When the running period ends, unix seconds.
    pub current_period_end: Option<i64>,
    /// Whether it ends with the running period.
    pub cancel_at_period_end: Option<bool>,
    /// When it will end, unix seconds, where that is planned. Flexible billing says so here alone, also where the customer
    /// cancels at the end of the period.
    pub cancel_at: Option<i64>,
    /// When the trial ends or ended, unix seconds.
    pub trial_end: Option<i64>,
    /// When it ended, unix seconds.
    pub ended_at: Option<i64>,
    /// The company's order id that the subscription's metadata names.
    pub order: Option<String>,
}

/// One item of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionItem")]
pub struct ItemData {
    /// Stripe's id of the price, or of the plan where there is no price.
    pub price: Option<String>,
    /// Stripe's id of the product, `prod_…`.
    pub product: Option<String>,
    /// How many; null for what is metered.
    pub quantity: Option<i64>,
}

impl From<&SubscriptionItem> for ItemData {
    fn from(item: &SubscriptionItem) -> Self {
        Self { price: item.price.clone(), product: item.product.clone(), quantity: item.quantity }
    }
}

/// A change of a subscription, and the subscription as in Subscription.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionChange")]
pub struct SubscriptionChangeData {
    /// The subscription.
    #[serde(flatten)]
    pub subscription: SubscriptionData,
    /// When it changed, unix seconds: of two messages the later one is newer, whichever was sent first.
    pub changed_at: i64,
    /// What changed: `status`, `items`, `cancel_at_period_end`, `cancel_at`, `trial_end` or `collection_paused`.
    pub what: Vec<String>,
    /// What changed, as it was before.
    pub from: Map<String, Value>,
    /// What changed, as it is now.
    pub to: Map<String, Value>,
}
