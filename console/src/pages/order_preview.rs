//! What an act would do to an order, before it is done.

use maud::{Markup, html};

use crate::common::money;
use crate::orders::preview::OrderPreview;
use crate::orders::store::OrderRow;
use crate::pages::layout::badge;

/// A preview as a part of a page.
pub(in crate::pages) fn previewed(preview: &OrderPreview) -> Markup {
    let Some(after) = &preview.after else { return html! {} };
    let before = preview.before.as_ref();
    let amount = |amount: Option<i64>, order: &OrderRow| {
        amount.map_or_else(
            || "–".to_owned(),
            |amount| money::show(amount, order.currency.as_deref().unwrap_or("")),
        )
    };
    let was = |text: &dyn Fn(&OrderRow) -> String| before.map_or_else(|| "–".to_owned(), text);
    let rows: [(&str, String, String); 3] = [
        ("Costs", was(&|order| amount(order.amount, order)), amount(after.amount, after)),
        (
            "Paid",
            was(&|order| amount(Some(order.amount_paid), order)),
            amount(Some(after.amount_paid), after),
        ),
        (
            "Customer",
            was(&|order| order.customer.clone().unwrap_or_else(|| "–".to_owned())),
            after.customer.clone().unwrap_or_else(|| "–".to_owned()),
        ),
    ];
    html! {
        section.card id="preview" {
            h2 { "What this would do now" }
            div.scroll { table {
                thead { tr { th { "" } th { "Now" } th { "Then" } } }
                tbody {
                    tr { th scope="row" { "Status" }
                        td { @if let Some(before) = before { (badge(&before.status)) } @else { "–" } }
                        td class=[before.is_none_or(|before| before.status != after.status).then_some("changed")] { (badge(&after.status)) }
                    }
                    @for (name, now, then) in rows {
                        tr { th scope="row" { (name) } td { (now) } td class=[(now != then).then_some("changed")] { (then) } }
                    }
                }
            } }
            @if !preview.closed.is_empty() { p { "Cases that would close: " (numbers(&preview.closed)) } }
            @if !preview.open.is_empty() { p.note.warn { "Cases that would stay or become open: " (numbers(&preview.open)) } }
            p.hint { "Nothing is done yet." }
        }
    }
}

fn numbers(cases: &[i64]) -> Markup {
    html! { @for (i, case) in cases.iter().enumerate() { @if i > 0 { ", " } a href=(format!("/cases/{case}")) { "#" (case) } } }
}
