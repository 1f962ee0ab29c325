//! Dead letters in groups and as a list.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use crate::common::origin::OriginFilter;
use crate::dead_letters::advice;
use crate::dead_letters::reason::DeadLetterReason;
use crate::dead_letters::service;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::{DeadLetter, DeadLetterGroup, GroupFilter};
use crate::exports::kind::ExportedList;
use crate::exports::queries::ListQuery;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, address, badge, chart, page, search_link, when};
use crate::pages::{PageResult, about, listing, origin, page_response};

/// Groups that the page shows.
const MAX_GROUPS: i64 = 100;
const PATH: &str = "/dead-letters/list";

/// Which groups, as the page's address has it.
#[derive(Debug, Deserialize)]
struct GroupPageQuery {
    account: Option<String>,
    mode: Option<String>,
}

async fn groups(
    current_user: CurrentUser,
    console: web::Data<Console>,
    query: Query<GroupPageQuery>,
) -> PageResult {
    let role = current_user.principal.role;
    let origin = OriginFilter::chosen(query.account.as_deref(), query.mode.as_deref())?;
    let filter = GroupFilter { origin: origin.clone(), ..GroupFilter::default() };
    let groups = service::groups(&console.pool, filter, MAX_GROUPS, role).await?;
    let total: i64 = groups.iter().map(|g| g.count).sum();
    let body = html! {
        h1 { "Dead letters" }
        p.sub {
            @if groups.is_empty() { "Nothing to look at. " } @else { (total) " open, by cause, the most frequent first. " }
            a href="/dead-letters/list" { "Show them as a list" }
        }
        form.filter action="/dead-letters" { div.row { (origin::fields(&origin)) button.quiet { "Show" } } }
        @for group in &groups { (card(&current_user, group, &origin)) }
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Dead, "Dead letters", &body)))
}

fn card(current_user: &CurrentUser, g: &DeadLetterGroup, origin: &OriginFilter) -> Markup {
    let of = [
        ("fingerprint", Some(g.fingerprint.as_str())),
        ("state", Some(DeadLetterState::Open.as_str())),
        ("account", origin.account_name()),
        ("mode", origin.mode_name()),
    ];
    let message = format!("{} in the last 30 days", g.days.iter().sum::<i64>());
    html! {
        section.card {
            div.columns {
                div {
                    h2 { (g.count) " × " (g.reason) " " span.hint { (g.kind) } }
                    p { (advice::of(&g.reason).meaning) }
                    p.mono { (g.error) }
                }
                div {
                    (chart(&g.days, &message))
                    p { "Newest: " a href=(format!("/dead-letters/{}", g.newest)) { "#" (g.newest) }
                        @let newest = OriginFilter { account: g.account.clone(), livemode: g.livemode };
                        @if let Some(order) = &g.about.order { ", order " (search_link(order, &newest)) }
                        @if let Some(amount) = g.about.money() { ", " (amount) } }
                    p.hint { "first " (when(g.first_seen)) ", last " (when(g.last_seen)) }
                    p.row {
                        a.button.quiet href=(format!("/dead-letters/groups/{}", g.fingerprint)) { "Look after it" }
                        a.button.quiet href=(address("/dead-letters/list", &of)) { "Show them" }
                        @if current_user.operates() { a.button.quiet href=(address("/dead-letters/bulk", &of)) { "Replay or discard all …" } }
                    }
                }
            }
        }
    }
}

async fn list(current_user: CurrentUser, console: web::Data<Console>, query: Query<ListQuery>) -> PageResult {
    let query = query.into_inner();
    let filter = query.dead_letters(Timestamp::now())?;
    let state = filter.state;
    let role = current_user.principal.role;
    let dead_letters = service::list(&console.pool, filter, &query.page(), role).await?;
    let body = html! {
        h1 { "Dead letters" }
        p.sub { "Newest first. " a href="/dead-letters" { "Show them in groups" } }
        (filters(&query, &query.origin()?))
        @if current_user.operates() && !dead_letters.items.is_empty() && state.is_none_or(|state| state == DeadLetterState::Open) {
            p { a.button.quiet href=(listing::at(&query, "/dead-letters/bulk", &[])) { "Replay or discard all of these …" } }
        }
        @if current_user.operates() { (selectable(&dead_letters.items)) } @else { (table(&dead_letters.items)) }
        (listing::around(ExportedList::DeadLetters, PATH, &query, &dead_letters))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Dead, "Dead letters", &body)))
}

fn filters(query: &ListQuery, origin: &OriginFilter) -> Markup {
    html! {
        form.filter action=(PATH) { div.row {
            (listing::text_field("q", "Id or text", query.q.as_deref(), "order, customer, error …"))
            (listing::text_field("type", "Type", query.kind.as_deref(), "charge, charge.refunded"))
            (listing::choice_field::<DeadLetterReason>("reason", "Reason", query.reason.as_deref()))
            (listing::choice_field::<DeadLetterState>("state", "State", query.state.as_deref()))
            (listing::text_field("endpoint", "Endpoint", query.endpoint.as_deref(), "name"))
            (listing::period_fields(query))
            (origin::fields(origin))
            @if let Some(fingerprint) = query.fingerprint.as_deref().filter(|f| !f.is_empty()) {
                input type="hidden" name="fingerprint" value=(fingerprint);
                span.hint { "one group · " a href=(PATH) { "all" } }
            }
            @if let Some(age) = query.age.as_deref().filter(|age| !age.is_empty()) { input type="hidden" name="age" value=(age); }
            button.quiet { "Show" }
        } }
    }
}

/// Dead letters as a table in which open ones are picked, to be replayed or discarded.
fn selectable(dead_letters: &[DeadLetter]) -> Markup {
    if !dead_letters.iter().any(|l| l.state == DeadLetterState::Open) {
        return table(dead_letters);
    }
    html! { form action="/dead-letters/selected" {
        (rows(dead_letters, true))
        p { button.quiet { "Replay or discard the selected …" } }
    } }
}

/// Dead letters as a table.
pub(in crate::pages) fn table(dead_letters: &[DeadLetter]) -> Markup {
    rows(dead_letters, false)
}

fn rows(dead_letters: &[DeadLetter], selects: bool) -> Markup {
    let connected =
        dead_letters.iter().any(|l| l.account.as_deref().is_some_and(|account| !account.is_empty()));
    html! {
        @if dead_letters.is_empty() { p.card { "No dead letter matches." } } @else {
            div.scroll { table.list {
                thead { tr { @if selects { th { "Select" } } th { "Dead" } th { "Dead letter" } (origin::heading(connected)) th { "Type" } th { "About" } th.num { "Amount" } th { "State" } th { "Error" } } }
                tbody { @for l in dead_letters { tr {
                    @if selects { td { @if l.state == DeadLetterState::Open { input type="checkbox" name="id" value=(l.id) aria-label={"Select dead letter " (l.id)}; } } }
                    td.when { (when(l.dead_at)) }
                    td { a href=(format!("/dead-letters/{}", l.id)) { "#" (l.id) } (origin::test_hint(l.livemode)) div.mono.hint { (l.event_id) } }
                    (origin::cell(connected, l.account.as_deref()))
                    td { (l.kind) }
                    (about::cell(&l.about, &l.origin()))
                    td { (badge(&l.state)) }
                    td.long { (l.error) }
                } } }
            } }
        }
    }
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/dead-letters", web::get().to(groups)).route("/dead-letters/list", web::get().to(list));
}
