//! Addresses of Stripe's dashboard: read from what was pasted, and made for an object. Pure.

use crate::common::origin::OriginFilter;

const SITE: &str = "https://dashboard.stripe.com";

/// What an address of the dashboard is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DashboardObject {
    pub(crate) id: String,
    /// The account that the address names; none where it names none, which may be any that somebody is signed in to.
    pub(crate) account: Option<String>,
    /// The mode: live where the address names an account or a path without `test`.
    pub(crate) livemode: Option<bool>,
}

/// Reads an address such as `https://dashboard.stripe.com/acct_1/test/payments/pi_1?x=y`.
pub(crate) fn parse(text: &str) -> Option<DashboardObject> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\''));
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    let path = rest.strip_prefix("dashboard.stripe.com/")?;
    let path = path.split(['?', '#']).next()?;
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is_object = |part: &&&str| part.contains('_') && !part.starts_with("acct_") && is_id(part);
    let id = parts.iter().rev().find(is_object)?;
    let account = parts.iter().find(|part| part.starts_with("acct_") && is_id(part));
    let test = parts.contains(&"test");
    Some(DashboardObject {
        id: (*id).to_owned(),
        account: account.map(|account| (*account).to_owned()),
        livemode: Some(!test),
    })
}

fn is_id(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The page of an object in the dashboard; none for what has no page there.
pub(crate) fn address(id: &str, origin: &OriginFilter) -> Option<String> {
    if !is_id(id) {
        return None;
    }
    let (prefix, _) = id.split_once('_')?;
    let page = match prefix {
        "pi" | "ch" | "py" => "payments",
        "cus" => "customers",
        "sub" => "subscriptions",
        "in" => "invoices",
        "evt" => "events",
        "du" | "dp" => "disputes",
        "re" | "pyr" => "refunds",
        "prod" => "products",
        "po" => "payouts",
        "cs" => "checkout/sessions",
        _ => return None,
    };
    let account = origin.account.as_deref().filter(|account| is_id(account) && !account.is_empty());
    let account = account.map(|account| format!("/{account}")).unwrap_or_default();
    let mode = if origin.livemode == Some(false) { "/test" } else { "" };
    Some(format!("{SITE}{account}{mode}/{page}/{id}"))
}

#[cfg(test)]
mod tests {
    use super::{address, parse};
    use crate::common::origin::OriginFilter;

    fn origin(account: &str, livemode: bool) -> OriginFilter {
        OriginFilter { account: Some(account.to_owned()), livemode: Some(livemode) }
    }

    #[test]
    fn what_was_made_is_read_back() {
        for account in ["", "acct_1Mx"] {
            for livemode in [true, false] {
                for id in ["pi_3N", "ch_3N", "cus_9", "sub_1", "in_1", "evt_1", "du_1"] {
                    let made = address(id, &origin(account, livemode)).unwrap();
                    let read = parse(&made).unwrap();
                    assert_eq!((read.id.as_str(), read.livemode), (id, Some(livemode)), "{made}");
                    assert_eq!(read.account.as_deref().unwrap_or_default(), account, "{made}");
                }
            }
        }
        assert_eq!(
            address("pi_1", &origin("acct_1", false)).as_deref(),
            Some("https://dashboard.stripe.com/acct_1/test/payments/pi_1")
        );
    }

    #[test]
    fn only_what_has_a_page_is_linked() {
        for id in ["A-1", "order_1", "pi_1/../x", "pi_1?x", "", "pi"] {
            assert_eq!(address(id, &origin("", true)), None, "{id}");
        }
    }

    #[test]
    fn other_addresses_are_none_of_the_dashboards() {
        for text in ["https://example.com/payments/pi_1", "https://dashboard.stripe.com/", "pi_1", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
