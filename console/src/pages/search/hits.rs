//! What a text may mean: a list that says what each is.

use maud::{Markup, html};

use crate::masking;
use crate::pages::layout::{address, badge, search_address, search_link, when};
use crate::pages::origin;
use crate::search::access::SearchedAs;
use crate::search::hit::{Hit, HitKind};
use crate::search::query::{Query, Term};
use crate::search::service::Found;

/// The page of what was found.
pub(super) fn address_of(hit: &Hit) -> String {
    match hit.kind {
        HitKind::DeadLetter => format!("/dead-letters/{}", hit.id),
        HitKind::Case => format!("/cases/{}", hit.id),
        HitKind::Order
        | HitKind::Payment
        | HitKind::Refund
        | HitKind::Invoice
        | HitKind::Subscription
        | HitKind::Customer
        | HitKind::Event
        | HitKind::Object => search_address(&hit.id, &hit.origin(), None),
    }
}

/// Everything that was found; what to do where that is nothing.
pub(super) fn list(typed: &Query, found: &Found) -> Markup {
    html! {
        @if found.hits.is_empty() {
            p.card { "Nothing is known of it. " (looked_for(typed, found))
                a href=(address("/dead-letters/list", &[("q", Some(&typed.text))])) { "Look for this text in dead letters" } }
        } @else { p.sub { (found.hits.len()) " things, by what the text may mean." } (table(&found.hits)) }
        (of_a_day(typed))
        (not_searched(found))
    }
}

/// What the text may mean beside the id that the page is of.
pub(super) fn also(typed: &Query, found: &Found) -> Markup {
    html! {
        @if !found.hits.is_empty() { section id="also" { h2 { "Also found for " span.mono { (typed.text) } } (table(&found.hits)) } }
        (of_a_day(typed))
    }
}

fn looked_for(typed: &Query, found: &Found) -> Markup {
    let kinds: Vec<&str> = typed
        .terms
        .iter()
        .map(Term::searched_as)
        .filter(|kind| !found.refused.contains(kind) && !found.not_indexed.contains(kind))
        .map(SearchedAs::described)
        .collect();
    html! { "It was looked for as: " (kinds.join(", ")) ". " }
}

fn not_searched(found: &Found) -> Markup {
    let names =
        |kinds: &[SearchedAs]| kinds.iter().map(|kind| kind.described()).collect::<Vec<_>>().join(", ");
    html! {
        @if found.hits.is_empty() && !found.refused.is_empty() {
            p.note { "Not searched by: " (names(&found.refused)) ". That takes the role operator." }
        }
        @if found.hits.is_empty() && !found.not_indexed.is_empty() {
            p.note { "Not searched by: " (names(&found.not_indexed)) ". That takes the setting SEARCH_SECRET." }
        }
    }
}

fn of_a_day(typed: &Query) -> Markup {
    let day = typed
        .terms
        .iter()
        .find_map(|term| if let Term::Day(day) = term { Some(day.to_string()) } else { None });
    html! {
        @if let Some(day) = day {
            @let of = [("since", Some(day.as_str())), ("until", Some(day.as_str()))];
            p.card { "Of " (day) ", by UTC: "
                a href=(address("/events", &of)) { "events" } ", "
                a href=(address("/orders", &of)) { "orders" } ", "
                a href=(address("/dead-letters/list", &of)) { "dead letters" } ", "
                a href=(address("/cases", &[of[0], of[1], ("state", Some("all"))])) { "cases" } ", "
                a href=(address("/messages", &of)) { "messages" } "." }
        }
    }
}

fn table(hits: &[Hit]) -> Markup {
    let connected = hits.iter().any(|hit| hit.account.as_deref().is_some_and(|account| !account.is_empty()));
    html! { div.scroll { table.list {
        thead { tr { th { "What" } th { "Id" } (origin::heading(connected)) th { "Found by" } th.num { "Amount" } th { "State" } th { "Order" } th { "Customer" } th { "When" } } }
        tbody { @for hit in hits { tr {
            td { (name(hit.kind)) }
            td { @if masking::hides(&hit.id) { span.mono { (hit.id) } } @else { a.mono href=(address_of(hit)) { (number(hit)) } } (origin::test_hint(hit.livemode)) }
            (origin::cell(connected, hit.account.as_deref()))
            td { (hit.searched_as.described()) }
            td.num { (hit.money().unwrap_or_default()) }
            td { @if let Some(status) = &hit.status { (badge(status)) } }
            td { @if let Some(order) = &hit.order_id { (search_link(order, &hit.origin())) } }
            td { @if let Some(customer) = &hit.customer { (search_link(customer, &hit.origin())) } }
            td.when { @if let Some(at) = hit.at { (when(at)) } }
        } } }
    } } }
}

fn number(hit: &Hit) -> String {
    match hit.kind {
        HitKind::DeadLetter | HitKind::Case => format!("#{}", hit.id),
        _ => hit.id.clone(),
    }
}

fn name(kind: HitKind) -> &'static str {
    match kind {
        HitKind::Order => "Order",
        HitKind::Payment => "Payment",
        HitKind::Refund => "Refund",
        HitKind::Invoice => "Invoice",
        HitKind::Subscription => "Subscription",
        HitKind::Customer => "Customer",
        HitKind::Event => "Event",
        HitKind::DeadLetter => "Dead letter",
        HitKind::Case => "Case",
        HitKind::Object => "Object at Stripe",
    }
}
