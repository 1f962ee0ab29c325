//! Which of several orders with the same id a request is about.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::common::error::ServiceError;
use crate::common::origin::Mode;
use crate::http::Console;
use crate::orders::address::OrderAddress;

/// Which of several orders with the same id.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct OrderScopeQuery {
    /// A connected account; the company's own by default.
    #[param(max_length = 255)]
    pub(super) account: Option<String>,
    /// `live` or `test`; the mode that is processed by default.
    pub(super) mode: Option<Mode>,
}

impl OrderScopeQuery {
    pub(super) fn address(&self, id: &str, console: &Console) -> Result<OrderAddress, ServiceError> {
        OrderAddress::new(id, self.account.as_deref(), self.mode, console.rules.livemode)
    }
}
