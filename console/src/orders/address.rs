//! Which order is meant: the company's id is unique only within an account and a mode.

use domain::origin::{OrderKey, Origin};

use crate::common::error::ServiceError;
use crate::common::origin;
pub(crate) use crate::common::origin::Mode;

/// Which order is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OrderAddress {
    /// The company's id of the order.
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

    /// What the audit adds to an order's id, which alone names no account: the connected account and the mode, in
    /// brackets, as far as they were named.
    pub(crate) fn described(&self) -> String {
        let account = Some(self.account.as_str()).filter(|account| !account.is_empty());
        let mode = self.livemode.map(|livemode| Mode::of(livemode).as_str());
        let named: Vec<&str> = account.into_iter().chain(mode).collect();
        if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) }
    }

    pub(crate) fn not_found(&self) -> ServiceError {
        ServiceError::NotFound(format!("order {}", self.id))
    }

    /// There is one in each mode, and none was named.
    pub(crate) fn in_both_modes(&self) -> ServiceError {
        let message = format!("there is a live and a test order {}: say which, live or test", self.id);
        ServiceError::conflict("order_in_both_modes", message)
    }
}

#[cfg(test)]
mod tests {
    use super::{Mode, OrderAddress};

    #[test]
    fn the_audit_says_which_account_and_mode_an_order_is_of() {
        let described = |account, mode| OrderAddress::new("A-1", account, mode, None).unwrap().described();
        assert_eq!(described(None, None), "");
        assert_eq!(described(Some("self"), Some(Mode::Live)), " (live)");
        assert_eq!(described(Some("acct_1"), Some(Mode::Test)), " (acct_1, test)");
        assert_eq!(described(Some("acct_1"), None), " (acct_1)");
    }
}
