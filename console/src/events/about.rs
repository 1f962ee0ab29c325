//! What an event's body says of order, customer, payment and money, as the database reads it (`event_about`).

use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use utoipa::ToSchema;

use crate::common::money;
use crate::masking::masked_members;

/// What an event is about, as far as its own body says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct About {
    /// The order that its metadata or `client_reference_id` names.
    pub(crate) order: Option<String>,
    pub(crate) customer: Option<String>,
    /// The payment intent.
    pub(crate) payment: Option<String>,
    pub(crate) subscription: Option<String>,
    /// The object's amount, in the currency's minor unit.
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
}

impl About {
    /// Reads the column `about` of a row.
    pub(crate) fn read(row: &Row) -> Result<About, tokio_postgres::Error> {
        let about: Option<Json<About>> = row.try_get("about")?;
        Ok(about.map(|Json(about)| about).unwrap_or_default())
    }

    /// The amount as people read it.
    pub(crate) fn money(&self) -> Option<String> {
        Some(money::show(self.amount?, self.currency.as_deref()?))
    }
}

masked_members! {
    About: order, customer, payment, subscription;
}
