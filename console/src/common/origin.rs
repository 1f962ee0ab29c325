//! Accounts and modes: of which merchant something is, and whether with real money.

use crate::common::error::ServiceError;
use crate::common::paging;
use crate::common::text_enum::{TextEnum, text_enum};

text_enum! {
    /// Whether something is about real money.
    pub(crate) enum Mode {
        /// With real money
        Live = "live",
        /// In Stripe's test mode
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
    Ok(stored_account(name).to_owned())
}

/// An account that was checked as the tables hold it.
pub(crate) fn stored_account(name: &str) -> &str {
    if name == OWN_ACCOUNT { "" } else { name }
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

    /// For what an order's id names, which is unique only within an account and mode: the company's own account and
    /// the mode that this system processes, where none is named.
    pub(crate) fn of_an_order(self, processed: Option<bool>) -> OriginFilter {
        OriginFilter {
            account: Some(self.account.unwrap_or_default()),
            livemode: self.livemode.or(processed),
        }
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

/// The account and mode of something that was found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct FoundOrigin {
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    /// The mode; none for an order that is registered for the mode of its first payment.
    pub(crate) livemode: Option<bool>,
}

impl FoundOrigin {
    /// Of those found, the one to show, and the others. Taken is what the filter names; where it leaves a choice, the
    /// company's own account and the mode that is processed, live before test.
    pub(crate) fn choose(
        found: Vec<FoundOrigin>,
        filter: &OriginFilter,
        processed: Option<bool>,
    ) -> (Option<FoundOrigin>, Vec<FoundOrigin>) {
        let moded: Vec<String> =
            found.iter().filter(|o| o.livemode.is_some()).map(|o| o.account.clone()).collect();
        // An order without a mode belongs to whichever mode of its account is shown.
        let mut found: Vec<FoundOrigin> =
            found.into_iter().filter(|o| o.livemode.is_some() || !moded.contains(&o.account)).collect();
        let first = processed.unwrap_or(true);
        found.sort_by(|a, b| {
            let key = |o: &FoundOrigin| (o.account.clone(), o.livemode != Some(first), o.livemode);
            key(a).cmp(&key(b))
        });
        found.dedup();
        let wanted = |o: &FoundOrigin| {
            filter.account.as_ref().is_none_or(|account| *account == o.account)
                && (filter.livemode.is_none() || o.livemode.is_none() || o.livemode == filter.livemode)
        };
        let shown = found.iter().position(wanted).map(|at| found.remove(at));
        (shown, found)
    }
}

impl From<FoundOrigin> for OriginFilter {
    fn from(found: FoundOrigin) -> Self {
        OriginFilter { account: Some(found.account), livemode: found.livemode }
    }
}

#[cfg(test)]
mod tests {
    use super::{FoundOrigin, Mode, OriginFilter};

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

    #[test]
    fn an_order_is_the_companys_own_unless_an_account_is_named() {
        assert_eq!(OriginFilter::default().of_an_order(Some(true)), filter(Some(""), Some(true)));
        let named = filter(Some("acct_1"), Some(false));
        assert_eq!(named.clone().of_an_order(Some(true)), named);
    }

    fn found(account: &str, livemode: Option<bool>) -> FoundOrigin {
        FoundOrigin { account: account.to_owned(), livemode }
    }

    #[test]
    fn of_several_accounts_and_modes_the_companys_own_and_the_processed_mode_are_shown() {
        let all = || {
            [("acct_1", Some(true)), ("", Some(false)), ("", None), ("", Some(true)), ("acct_1", Some(true))]
                .map(|(account, livemode)| found(account, livemode))
                .to_vec()
        };
        let choose =
            |account, livemode, processed| FoundOrigin::choose(all(), &filter(account, livemode), processed);
        let (shown, others) = choose(None, None, None);
        assert_eq!(shown, Some(found("", Some(true))));
        assert_eq!(others, [found("", Some(false)), found("acct_1", Some(true))]);
        assert_eq!(choose(None, None, Some(false)).0, Some(found("", Some(false))));
        assert_eq!(choose(Some("acct_1"), None, Some(false)).0, Some(found("acct_1", Some(true))));
        assert_eq!(choose(Some("acct_1"), Some(false), None).0, None);
        assert_eq!(choose(Some("acct_2"), None, None).0, None);
    }

    #[test]
    fn an_order_without_a_mode_is_shown_where_nothing_else_is_known_of_its_account() {
        let (shown, others) =
            FoundOrigin::choose(vec![found("", None)], &filter(None, Some(true)), Some(true));
        assert_eq!((shown, others), (Some(found("", None)), vec![]));
    }
}
