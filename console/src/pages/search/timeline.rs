//! Everything about one id: its order in words, cards, dead letters, and what happened.

use maud::{Markup, html};

use super::cards;
use crate::common::origin::OriginFilter;
use crate::common::role::Role;
use crate::events::changes;
use crate::events::outcome::EventOutcome;
use crate::events::store::{EffectRow, EventRow};
use crate::http::Console;
use crate::masking;
use crate::order_status::page::{self, OrderPage};
use crate::orders::address::OrderAddress;
use crate::pages::PageFailure;
use crate::pages::dead_letters::list;
use crate::pages::events::effects::changed;
use crate::pages::events::retrying;
use crate::pages::layout::{address, badge, event_link, pager, search_address, when};
use crate::pages::links;
use crate::pages::search::order;
use crate::pages::tone::Toned;
use crate::search::service::Found;
use crate::timeline::Timeline;

/// Other accounts and modes that the page names.
const MAX_ELSEWHERE: usize = 10;

/// The order that the id is of, or the only one that it leads to.
pub(super) async fn order(
    console: &Console,
    found: &Found,
    role: Role,
) -> Result<Option<OrderPage>, PageFailure> {
    let orders = &found.timeline.orders;
    let only = if let [only] = &orders[..] { Some(only) } else { None };
    let Some(order) = orders.iter().find(|order| order.id == found.id).or(only) else { return Ok(None) };
    // Its id is hidden from this role, so it cannot be asked for.
    if masking::hides(&order.id) {
        return Ok(None);
    }
    let (id, account) = (order.id.clone(), order.account.clone());
    let address = OrderAddress { id, account, livemode: order.livemode };
    Ok(Some(page::load(&console.pool, &address, role).await?))
}

/// The page of an id.
pub(super) fn of(found: &Found, order: Option<&OrderPage>) -> Markup {
    let (id, t) = (found.id.as_str(), &found.timeline);
    let next = t.next.as_deref().map(|next| search_address(id, &t.origin, Some(next)));
    html! {
        h1 { "All about " span.mono { (id) } (links::copy(id)) (links::at_stripe(id, &t.origin)) }
        (shown_origin(id, t))
        @if let Some(order) = order { (order::section(order)) }
        (cards::cards(t, order.map(|order| &order.view.order)))
        @if !t.dead_letters.is_empty() {
            h2 { "Dead letters" }
            (list::table(&t.dead_letters))
            p { a href=(address("/dead-letters/list", &[("q", Some(id))])) { "Look for it in the list of dead letters" } }
        }
        @if !t.events.is_empty() { h2 { "What happened, newest first" } }
        (entries(t))
        (pager(next))
    }
}

/// Which account and mode the page is of, and where else the id is known.
pub(super) fn shown_origin(asked: &str, found: &Timeline) -> Markup {
    html! {
        @if !found.is_empty() { p.sub { (described(&found.origin)) } }
        @if !found.elsewhere.is_empty() {
            p.note id="elsewhere" {
                (asked) " is known elsewhere, too: "
                @for (i, other) in found.elsewhere.iter().take(MAX_ELSEWHERE).enumerate() {
                    @let other = OriginFilter::from(other.clone());
                    @if i > 0 { ", " }
                    a href=(search_address(asked, &other, None)) { (described(&other)) }
                }
                @if found.elsewhere.len() > MAX_ELSEWHERE { " and " (found.elsewhere.len() - MAX_ELSEWHERE) " more" }
                "."
            }
        }
    }
}

fn described(origin: &OriginFilter) -> String {
    let account = match origin.account.as_deref() {
        None => "any account".to_owned(),
        Some("") => "own account".to_owned(),
        Some(account) => format!("account {account}"),
    };
    origin.mode_name().map_or_else(|| account.clone(), |mode| format!("{account}, {mode} mode"))
}

type Entry = (EventRow, Vec<EffectRow>);

/// The events; those in a row that changed nothing are folded.
fn entries(t: &Timeline) -> Markup {
    let mut rest: &[Entry] = &t.events;
    let mut runs: Vec<(bool, &[Entry])> = Vec::new();
    while let Some(first) = rest.first() {
        let quiet = is_quiet(first);
        let length = rest.iter().take_while(|entry| is_quiet(entry) == quiet).count();
        let (run, after) = rest.split_at(length);
        runs.push((quiet, run));
        rest = after;
    }
    html! {
        ol.timeline { @for (quiet, run) in runs {
            @if quiet && run.len() > 1 {
                li { details { summary { (run.len()) " events that changed nothing" }
                    ol.timeline { @for (event, effects) in run { (entry(event, effects, t)) } } } }
            } @else { @for (event, effects) in run { (entry(event, effects, t)) } }
        } }
    }
}

/// Whether an event took effect, changed nothing and sent nothing.
fn is_quiet((event, effects): &Entry) -> bool {
    event.outcome.is_final()
        && effects
            .iter()
            .all(|effect| changes::changes(effect).is_empty() && changes::messages(effect).next().is_none())
}

fn entry(e: &EventRow, effects: &[EffectRow], t: &Timeline) -> Markup {
    html! { li class=(e.outcome.tone().class()) {
        div.head { b { (e.kind) } (badge(&e.outcome)) (event_link(&e.id)) span.hint {
            "at Stripe " (when(e.created)) ", received " (when(e.received_at)) @if let Some(at) = e.processed_at { ", processed " (when(at)) }
            @if e.attempts > 1 { ", attempt " (e.attempts) }
        } }
        @if e.outcome == EventOutcome::Retrying { (retrying::sentence(e)) }
        @else if let Some(error) = &e.last_error { div { (error) } }
        (changed(e, effects, &t.messages))
    } }
}
