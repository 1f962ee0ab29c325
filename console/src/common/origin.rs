//! Accounts and modes: of which merchant something is, and whether with real money.

use crate::common::error::ServiceError;
use crate::common::paging;
use crate::common::text_enum::{TextEnum, text_enum};

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
    /// The mode that Stripe's `livemode` says.
    pub(crate) fn of(livemode: bool) -> Mode {
        if livemode { Mode::Live } else { Mode::Test }
    }

    /// As Stripe says it.
    pub(crate) fn livemode(self) -> bool {
        self == Mode::Live
    }
}

/// The company's own account, where an account is named; connected accounts have Stripe's ids.
pub(crate) const OWN_ACCOUNT: &str = "self";

/// An account as the tables hold it, where the company's own is empty: from Stripe's id, `self` or an empty text.
pub(crate) fn account(name: &str) -> Result<String, ServiceError> {
    let name = name.trim();
    if name.chars().count() > paging::MAX_TEXT || name.chars().any(char::is_control) {
        let message = "account takes Stripe's id of a connected account, such as acct_1, or self";
        return Err(ServiceError::invalid("invalid_account", message));
    }
    Ok(if name == OWN_ACCOUNT { String::new() } else { name.to_owned() })
}

/// An account of a table as it is named in addresses and texts.
pub(crate) fn account_name(account: &str) -> &str {
    if account.is_empty() { OWN_ACCOUNT } else { account }
}

/// Which accounts and modes a list takes in: all where none is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OriginFilter {
    /// The connected account; empty is the company's own.
    pub(crate) account: Option<String>,
    pub(crate) livemode: Option<bool>,
}

impl OriginFilter {
    /// From the parameters of a request; an empty account is the company's own.
    pub(crate) fn new(name: Option<&str>, mode: Option<Mode>) -> Result<OriginFilter, ServiceError> {
        Ok(OriginFilter { account: name.map(account).transpose()?, livemode: mode.map(Mode::livemode) })
    }

    /// From the fields of a form, which are empty where nothing was chosen.
    pub(crate) fn chosen(name: Option<&str>, mode: Option<&str>) -> Result<OriginFilter, ServiceError> {
        let name = name.filter(|name| !name.trim().is_empty());
        OriginFilter::new(name, Mode::chosen("mode", mode)?)
    }

    /// The account as a parameter of an address.
    pub(crate) fn account_name(&self) -> Option<&str> {
        self.account.as_deref().map(account_name)
    }

    /// The mode as a parameter of an address.
    pub(crate) fn mode_name(&self) -> Option<&'static str> {
        self.livemode.map(|livemode| Mode::of(livemode).as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Mode, OriginFilter};

    fn filter(account: Option<&str>, livemode: Option<bool>) -> OriginFilter {
        OriginFilter { account: account.map(str::to_owned), livemode }
    }

    #[test]
    fn the_companys_own_account_is_named_self() {
        assert_eq!(OriginFilter::new(Some("self"), None).unwrap(), filter(Some(""), None));
        assert_eq!(OriginFilter::new(Some(""), None).unwrap(), filter(Some(""), None));
        let connected = OriginFilter::new(Some(" acct_1 "), Some(Mode::Test)).unwrap();
        assert_eq!(connected, filter(Some("acct_1"), Some(false)));
        assert_eq!((connected.account_name(), connected.mode_name()), (Some("acct_1"), Some("test")));
        assert_eq!(filter(Some(""), None).account_name(), Some("self"));
        assert!(OriginFilter::new(Some("a\nb"), None).is_err());
    }

    #[test]
    fn an_empty_field_of_a_form_chooses_nothing() {
        assert_eq!(OriginFilter::chosen(Some(" "), Some("")).unwrap(), OriginFilter::default());
        assert_eq!(OriginFilter::chosen(Some("self"), Some("live")).unwrap(), filter(Some(""), Some(true)));
    }
}
