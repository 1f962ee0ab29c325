//! Accounts and modes on the pages: the fields that choose them, and what rows say of theirs.

use maud::{Markup, html};

use crate::common::origin::{Mode, OriginFilter};
use crate::common::text_enum::TextEnum;

/// The fields of a form that choose an account and a mode.
pub(in crate::pages) fn fields(filter: &OriginFilter) -> Markup {
    let chosen = filter.livemode.map(Mode::of);
    html! {
        div.field { label for="account" { "Account" } input id="account" name="account" value=[filter.account_name()] placeholder="acct_…, or self" maxlength="255"; }
        div.field { label for="mode" { "Mode" } select id="mode" name="mode" {
            option value="" { "any" }
            @for mode in Mode::ALL { option value=(mode) selected[chosen == Some(*mode)] { (mode) } }
        } }
    }
}

/// The heading of the column of accounts, which is there only where a row is of a connected account.
pub(in crate::pages) fn heading(shown: bool) -> Markup {
    html! { @if shown { th { "Account" } } }
}

/// The cell of a row under [`heading`].
pub(in crate::pages) fn cell(shown: bool, account: Option<&str>) -> Markup {
    html! { @if shown { td.mono { (account.unwrap_or_default()) } } }
}

/// Beside a row of test mode. Live is not said: it is what people expect.
pub(in crate::pages) fn test_hint(livemode: Option<bool>) -> Markup {
    html! { @if livemode == Some(false) { span.hint { " test" } } }
}

/// The details of something: its connected account, where it has one, and its mode, where it is known.
pub(in crate::pages) fn facts(account: Option<&str>, livemode: Option<bool>) -> Markup {
    html! {
        @if let Some(account) = account.filter(|account| !account.is_empty()) { dt { "Account" } dd.mono { (account) } }
        @if let Some(livemode) = livemode { dt { "Mode" } dd { (Mode::of(livemode)) } }
    }
}
