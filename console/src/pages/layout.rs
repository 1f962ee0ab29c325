//! What every page has around it, and the small parts that several use. Everything is escaped by maud.

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::common::completed::Completed;
use crate::common::origin::OriginFilter;
use crate::common::paging;
use crate::common::role::Role;
use crate::http::session::CurrentUser;
use crate::masking;
use crate::pages::assets::VERSION;
use crate::pages::tone::Toned;

/// Pages of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum MenuItem {
    Overview,
    Attention,
    Events,
    Orders,
    Dead,
    Cases,
    Messages,
    Rejections,
    Jobs,
    Audit,
    Access,
    None,
}

const MENU: [(MenuItem, &str, &str); 10] = [
    (MenuItem::Overview, "/", "Overview"),
    (MenuItem::Attention, "/needs-attention", "Needs attention"),
    (MenuItem::Events, "/events", "Events"),
    (MenuItem::Orders, "/orders", "Orders"),
    (MenuItem::Dead, "/dead-letters", "Dead letters"),
    (MenuItem::Cases, "/cases", "Cases"),
    (MenuItem::Messages, "/messages", "Messages"),
    (MenuItem::Rejections, "/rejections", "Rejected deliveries"),
    (MenuItem::Jobs, "/jobs", "Bulk jobs"),
    (MenuItem::Audit, "/audit", "Audit"),
];

pub(in crate::pages) fn page(
    current_user: Option<&CurrentUser>,
    menu_item: MenuItem,
    title: &str,
    body: &Markup,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · Sluicegate" }
                link rel="icon" href=(asset("icon.svg"));
                link rel="stylesheet" href=(asset("console.css"));
                script src=(asset("console.js")) defer {}
            }
            body {
                a.skip href="#content" { "To the content" }
                @if let Some(current_user) = current_user { (bar(current_user, menu_item)) }
                main id="content" {
                    @if let Some(current_user) = current_user { (paused(current_user)) }
                    (body)
                }
            }
        }
    }
}

fn asset(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

fn bar(current_user: &CurrentUser, menu_item: MenuItem) -> Markup {
    html! {
        header.bar { div {
            a.brand href="/" { "Sluicegate" }
            nav.main aria-label="Pages" {
                @for (at, address, name) in MENU {
                    a href=(address) aria-current=[(at == menu_item).then_some("page")] { (name) }
                }
                @if current_user.principal.role >= Role::Admin {
                    a href="/access" aria-current=[(menu_item == MenuItem::Access).then_some("page")] { "Access" }
                }
            }
            form.find action="/search" role="search" {
                input id="find" type="search" name="q" aria-label="Find an order, customer, payment, charge, invoice, subscription, event, e-mail address, amount or name"
                    placeholder="Id, e-mail, amount, last 4, name …  ( / )" maxlength="1000" autocomplete="off";
            }
            div.who {
                a href="/account" { (current_user.name()) " · " (current_user.principal.role) }
                @if !current_user.by_proxy {
                    form method="post" action="/sign-out" { (current_user.csrf_field()) button.plain { "Sign out" } }
                }
            }
        } }
    }
}

/// That a queue is paused is said on every page.
fn paused(current_user: &CurrentUser) -> Markup {
    html! { @for pause in &current_user.paused {
        p.note.warn role="status" {
            "The queue " a href=(format!("/queues/{}", pause.queue)) { (pause.queue) } " is paused since " (when(pause.paused_at))
            " by " (pause.paused_by) ": " (pause.reason)
        }
    } }
}

/// A moment: how long ago, with the exact time for who points at it.
pub(in crate::pages) fn when(at: Timestamp) -> Markup {
    html! { time datetime=(at) data-time="ago" title=(at.strftime("%Y-%m-%d %H:%M:%S UTC")) { (ago(at, Timestamp::now())) } }
}

/// A moment in full, to the second.
pub(in crate::pages) fn exact(at: Timestamp) -> Markup {
    html! {
        time datetime=(at) data-time="exact" { (at.strftime("%Y-%m-%d %H:%M:%S UTC")) }
        " (" time datetime=(at) data-time="ago" { (ago(at, Timestamp::now())) } ")"
    }
}

/// A moment of today: the time alone, with the day for who points at it.
pub(in crate::pages) fn clock(at: Timestamp) -> Markup {
    html! { time datetime=(at) data-time="clock" title=(at.strftime("%Y-%m-%d %H:%M:%S UTC")) { (at.strftime("%H:%M:%S UTC")) } }
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    let (value, unit) = match seconds.abs() {
        s if s < 60 => (s, "s"),
        s if s < 3600 => (s / 60, "min"),
        s if s < 86_400 => (s / 3600, "h"),
        s => (s / 86_400, "d"),
    };
    if seconds < 0 { format!("in {value} {unit}") } else { format!("{value} {unit} ago") }
}

/// A state as a coloured word; the word itself says it, too.
pub(in crate::pages) fn badge(state: &(impl Toned + ?Sized)) -> Markup {
    html! { span class={"badge " (state.tone().class())} { (state) } }
}

/// An event's id as a link to its page.
pub(in crate::pages) fn event_link(id: &str) -> Markup {
    link(id, &format!("/events/{}", encode(id)))
}

/// An id as a link to everything about it in one account and mode; alone where it is longer than a search takes.
pub(in crate::pages) fn search_link(id: &str, origin: &OriginFilter) -> Markup {
    if id.chars().count() > paging::MAX_TEXT {
        return html! { span.mono { (id) } };
    }
    link(id, &search_address(id, origin, None))
}

/// The address of everything about an id in one account and mode.
pub(in crate::pages) fn search_address(id: &str, origin: &OriginFilter, before: Option<&str>) -> String {
    let (account, mode) = (origin.account_name(), origin.mode_name());
    address("/search", &[("q", Some(id)), ("account", account), ("mode", mode), ("before", before)])
}

/// What is hidden leads nowhere.
fn link(id: &str, to: &str) -> Markup {
    html! { @if masking::hides(id) { span.mono { (id) } } @else { a.mono href=(to) { (id) } } }
}

/// What stands for itself in an address.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as a part of an address.
pub(in crate::pages) fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// An address with those of the parameters that have a value.
pub(in crate::pages) fn address(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let given = parameters.iter().filter_map(|(name, value)| Some((name, value.filter(|v| !v.is_empty())?)));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The link to the page after, of a list that goes in one direction alone.
pub(in crate::pages) fn pager(next: Option<String>) -> Markup {
    html! { @if let Some(next) = next { p.pager { a.button.quiet href=(next) rel="next" { "Older" } } } }
}

/// A small chart of numbers, one bar each, with the numbers in words for who does not see it.
pub(in crate::pages) fn chart(numbers: &[i64], message: &str) -> Markup {
    let most = numbers.iter().copied().max().unwrap_or(0).max(1);
    let mut bars = String::new();
    for (i, n) in numbers.iter().enumerate() {
        let height = if *n == 0 { 1 } else { (n * 28 / most).max(3) };
        let class = if *n == 0 { " class=\"none\"" } else { "" };
        bars.push_str(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"4\" height=\"{height}\"{class}/>",
            i * 5,
            30 - height
        ));
    }
    let width = numbers.len() * 5;
    html! {
        svg.chart viewBox={"0 0 " (width) " 30"} preserveAspectRatio="none" role="img" aria-label=(message) {
            title { (message) }
            // Numbers only.
            (PreEscaped(bars))
        }
    }
}

/// What was just done to a job, a case, a destination or Stripe's list.
pub(in crate::pages) fn flash(done: Option<Completed>) -> Markup {
    let given = match done {
        Some(Completed::Paused) => "Paused.",
        Some(Completed::Resumed) => "Resumed.",
        Some(Completed::Canceled) => "Canceled.",
        Some(Completed::Started) => "Started: what it finds is shown here.",
        Some(Completed::Approved) => "Approved.",
        Some(Completed::Accepted) => "Accepted: the payment counts for its order.",
        _ => return html! {},
    };
    html! { p.note.good role="status" { (given) } }
}

#[cfg(test)]
mod tests {
    use super::{address, ago, encode};

    #[test]
    fn addresses_are_encoded() {
        assert_eq!(encode("a b&c=\"<ä>"), "a%20b%26c%3D%22%3C%C3%A4%3E");
        assert_eq!(address("/x", &[("a", Some("1 2")), ("b", None), ("c", Some(""))]), "/x?a=1+2");
    }

    #[test]
    fn a_moment_is_shown_in_one_unit() {
        let at = |s| jiff::Timestamp::from_second(s).unwrap();
        assert_eq!(ago(at(0), at(59)), "59 s ago");
        assert_eq!(ago(at(0), at(7300)), "2 h ago");
        assert_eq!(ago(at(7300), at(0)), "in 2 h");
    }
}
