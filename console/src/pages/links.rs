//! Ids as links: to everything about them here, and to the same object in Stripe's dashboard; with a button that copies.

use maud::{Markup, html};

use crate::common::origin::OriginFilter;
use crate::masking;
use crate::pages::layout::search_link;
use crate::search::dashboard;

/// Bytes of a body that is shown raw.
const LARGEST_RAW: usize = 200_000;

/// An id as a link to everything about it, with a button that copies it and a link to the object at Stripe.
pub(in crate::pages) fn object(id: &str, origin: &OriginFilter) -> Markup {
    html! { (search_link(id, origin)) (copy(id)) (at_stripe(id, origin)) }
}

/// A link to the object in Stripe's dashboard, in its account and mode; nothing for what has no page there.
pub(in crate::pages) fn at_stripe(id: &str, origin: &OriginFilter) -> Markup {
    html! {
        @if let Some(address) = dashboard::address(id, origin) {
            " " a.stripe href=(address) target="_blank" rel="noopener noreferrer" aria-label={(id) " in Stripe's dashboard, opens in a new tab"} { "Stripe" }
        }
    }
}

/// A button that copies a body as it is shown.
pub(in crate::pages) fn copy_json(body: &serde_json::Value) -> Markup {
    let text = serde_json::to_string_pretty(body).unwrap_or_default();
    // The tree is cut, too: a page must not hold a body of megabytes twice.
    if text.len() > LARGEST_RAW {
        return html! {};
    }
    html! {
        p.copying { button.copy type="button" data-copy-from="raw" aria-label="Copy the JSON" hidden { "Copy JSON" } }
        details { summary { "Raw JSON" } pre id="raw" tabindex="0" { (text) } }
    }
}

/// A button that copies a text; the page's script shows it.
pub(in crate::pages) fn copy(text: &str) -> Markup {
    html! {
        @if !masking::hides(text) {
            " " button.copy type="button" data-copy=(text) aria-label={"Copy " (text)} hidden { "Copy" }
        }
    }
}
