//! Which order is meant: the company's id is unique only within an account and a mode.

use domain::origin::{OrderKey, Origin};

use crate::common::error::ServiceError;
use crate::common::text_enum::text_enum;

text_enum! {
    /// Live or test.
    pub(crate) enum Mode {
        /// Real money.
        Live = "live",
        /// Stripe's test mode.
        Test = "test",
    }
}

impl Mode {
    /// As Stripe says it.
    pub(crate) fn livemode(self) -> bool {
        self == Mode::Live
    }
}

/// Which order is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        let account = account.unwrap_or_default();
        if account.chars().count() > 255 || account.chars().any(char::is_control) {
            let message = "account takes Stripe's id of a connected account, such as acct_1";
            return Err(ServiceError::invalid("invalid_account", message));
        }
        let livemode = mode.map(Mode::livemode).or(processed);
        Ok(OrderAddress { id: id.to_owned(), account: account.to_owned(), livemode })
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
