//! Which order is meant: the company's id is unique only within an account and a mode.

use domain::origin::{OrderKey, Origin};

use crate::common::error::ServiceError;
use crate::common::origin;
pub(crate) use crate::common::origin::Mode;

/// Which order is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OrderAddress {
    /// The company's id.
    pub(crate) id: String,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    /// The mode; none where both are processed and none was named.
    pub(crate) livemode: Option<bool>,
}

impl OrderAddress {
    /// The order in an account and mode; the mode that this system processes where none is named.
    pub(crate) fn new(
        id: &str,
        account: Option<&str>,
        mode: Option<Mode>,
        processed: Option<bool>,
    ) -> Result<OrderAddress, ServiceError> {
        let account = origin::account(account.unwrap_or_default())?;
        let livemode = mode.map(Mode::livemode).or(processed);
        Ok(OrderAddress { id: id.to_owned(), account, livemode })
    }

    /// The key of its row, whose mode is known.
    pub(crate) fn key(&self, livemode: bool) -> OrderKey {
        OrderKey::new(&Origin { account: self.account.clone(), livemode }, &self.id)
    }

    /// There is none.
    pub(crate) fn not_found(&self) -> ServiceError {
        ServiceError::NotFound(format!("order {}", self.id))
    }

    /// There is one in each mode, and none was named.
    pub(crate) fn in_both_modes(&self) -> ServiceError {
        let message = format!("there is a live and a test order {}: say which, live or test", self.id);
        ServiceError::conflict("order_in_both_modes", message)
    }
}
