//! `subscription`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fields, Reference, ViewError};

/// A subscription, as <https://docs.stripe.com/api/subscriptions/object> describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The subscription's id, `sub_…`.
    pub id: String,
    /// `incomplete`, `trialing`, `active`, `past_due`, `unpaid`, `paused`, `canceled`, `incomplete_expired`.
    pub status: String,
    /// Stripe's id of the customer, `cus_…`.
    pub customer: String,
    /// Price, product and quantity of each item.
    pub items: Vec<SubscriptionItem>,
    /// Unix seconds; since 2025-03-31.basil the latest of its items.
    pub current_period_end: Option<i64>,
    /// The same for each item by its id, since 2025-03-31.basil.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub item_period_ends: BTreeMap<String, Option<i64>>,
    /// Whether it ends with the running period.
    pub cancel_at_period_end: bool,
    /// Unix seconds at which it will end.
    pub cancel_at: Option<i64>,
    /// Unix seconds at which it ended.
    pub ended_at: Option<i64>,
    /// When the trial ends, in unix seconds.
    pub trial_end: Option<i64>,
    /// Whether collection is paused (`pause_collection`); this leaves the status alone.
    pub collection_paused: bool,
    /// What the company's metadata says of the order.
    pub reference: Reference,
}

/// One item of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionItem {
    /// Price id (plan id before prices were known).
    pub price: Option<String>,
    /// The id of the product, `prod_…`.
    pub product: Option<String>,
    /// Absent for metered prices.
    pub quantity: Option<i64>,
}

impl Subscription {
    /// Reads `data.object`.
    ///
    /// # Errors
    /// [`ViewError`] when it is no subscription or lacks id, status or customer.
    pub fn read(value: &Value) -> Result<Self, ViewError> {
        let fields = Fields::of(value, "subscription")?;
        let mut period_end = None;
        let mut items = Vec::new();
        let mut item_period_ends = BTreeMap::new();
        for item in fields.list("items") {
            let end = item.integer("current_period_end")?;
            period_end = period_end.max(end);
            item_period_ends.extend(item.owned("id").map(|id| (id, end)));
            items.push(read_item(&item)?);
        }
        if items.is_empty() && fields.has("plan") {
            items.push(read_item(&fields)?);
        }
        Ok(Self {
            id: fields.need_text("id")?,
            status: fields.need_text("status")?,
            customer: fields.id_of("customer").ok_or_else(|| fields.missing("customer"))?,
            items,
            item_period_ends,
            current_period_end: match period_end {
                Some(end) => Some(end),
                None => fields.integer("current_period_end")?,
            },
            cancel_at_period_end: fields.flag("cancel_at_period_end").unwrap_or(false),
            cancel_at: fields.integer("cancel_at")?,
            ended_at: fields.integer("ended_at")?,
            trial_end: fields.integer("trial_end")?,
            collection_paused: fields.has("pause_collection"),
            reference: Reference::read(&fields),
        })
    }
}

fn read_item(item: &Fields<'_>) -> Result<SubscriptionItem, ViewError> {
    let price = item.child("price").or_else(|| item.child("plan"));
    Ok(SubscriptionItem {
        price: price.and_then(|p| p.owned("id")).or_else(|| item.owned("price")),
        product: price.and_then(|p| p.id_of("product")),
        quantity: item.integer("quantity")?,
    })
}
