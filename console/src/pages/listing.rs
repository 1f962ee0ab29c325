//! What every list has around it: its address, the fields that choose a time, links to the pages beside it, and its file.

use maud::{Markup, html};

use crate::common::paging::Page;
use crate::common::text_enum::TextEnum;
use crate::exports::kind::{ExportFormat, ExportedList};
use crate::exports::queries::ListQuery;
use crate::pages::layout::address;

/// Times that are offered beside the field; any other can be typed.
const PERIODS: [&str; 7] = ["1h", "6h", "today", "yesterday", "24h", "7d", "30d"];

/// The address of a list with what the query chooses, which a bookmark keeps: `since=1h` stays the last hour.
pub(in crate::pages) fn at(query: &ListQuery, path: &str, more: &[(&str, Option<&str>)]) -> String {
    let parameters: Vec<(&str, Option<&str>)> =
        query.chosen().into_iter().chain(more.iter().copied()).collect();
    address(path, &parameters)
}

/// The fields that choose from when until when.
pub(in crate::pages) fn period_fields(query: &ListQuery) -> Markup {
    html! {
        div.field { label for="since" { "Since" } input.short id="since" name="since" value=[query.since.as_deref()] list="periods" placeholder="1h, 2026-11-25" maxlength="40" autocomplete="off"; }
        div.field { label for="until" { "Until" } input.short id="until" name="until" value=[query.until.as_deref()] list="periods" placeholder="yesterday" maxlength="40" autocomplete="off"; }
        datalist id="periods" { @for period in PERIODS { option value=(period) {} } }
    }
}

/// A field that takes a text.
pub(in crate::pages) fn text_field(id: &str, label: &str, value: Option<&str>, hint: &str) -> Markup {
    html! { div.field { label for=(id) { (label) } input id=(id) name=(id) value=[value] placeholder=(hint) maxlength="255"; } }
}

/// A field that takes one of an enum's values.
pub(in crate::pages) fn choice_field<E: TextEnum>(id: &str, label: &str, chosen: Option<&str>) -> Markup {
    html! {
        div.field { label for=(id) { (label) } select id=(id) name=(id) {
            option value="" { "any" }
            @for choice in E::ALL { option value=(choice.name()) selected[chosen == Some(choice.name())] { (choice.name()) } }
        } }
    }
}

/// Links to the newer and the older items, and to all of them as a file.
pub(in crate::pages) fn around<T>(
    list: ExportedList,
    path: &str,
    query: &ListQuery,
    page: &Page<T>,
) -> Markup {
    let newer = page.previous.as_deref().map(|previous| at(query, path, &[("after", Some(previous))]));
    let older = page.next.as_deref().map(|next| at(query, path, &[("before", Some(next))]));
    html! {
        p.pager {
            @if let Some(newer) = newer {
                a.button.quiet href=(at(query, path, &[])) { "Newest" }
                a.button.quiet href=(newer) rel="prev" { "Newer" }
            }
            @if let Some(older) = older { a.button.quiet href=(older) rel="next" { "Older" } }
            @if !page.items.is_empty() {
                span.export { "All of these as "
                    @for (i, format) in ExportFormat::ALL.iter().enumerate() {
                        @if i > 0 { " or " }
                        a href=(at(query, &format!("/export/{list}.{format}"), &[])) download { (format.as_str().to_uppercase()) }
                    }
                }
            }
        }
    }
}
