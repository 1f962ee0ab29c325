//! Dead letters in groups and as a list.

use actix_web::web::{self, Query};
use maud::{Markup, html};
use serde::Deserialize;

use crate::common::error::ServiceError;
use crate::common::origin::{Mode, OriginFilter};
use crate::common::paging::PageRequest;
use crate::common::text_enum::TextEnum;
use crate::dead_letters::advice;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::dead_letters::reason::DeadLetterReason;
use crate::dead_letters::service;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::{DeadLetter, DeadLetterGroup, GroupFilter};
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, address, badge, chart, page, pager, when};
use crate::pages::origin;
use crate::pages::{PageResult, page_response};

/// A filter as a page's address has it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(in crate::pages) struct FilterQuery {
    #[serde(rename = "type")]
    kind: Option<String>,
    reason: Option<String>,
    fingerprint: Option<String>,
    state: Option<String>,
    q: Option<String>,
    /// Dead in the last so many hours.
    age: Option<String>,
    account: Option<String>,
    mode: Option<String>,
    before: Option<String>,
}

/// Groups that the page shows.
const MAX_GROUPS: i64 = 100;
const AGES: [(&str, &str); 5] =
    [("", "any time"), ("1", "last hour"), ("24", "last day"), ("168", "last week"), ("720", "last 30 days")];

impl FilterQuery {
    /// The filter that the database takes.
    pub(in crate::pages) fn filter(&self) -> Result<DeadLetterFilter, ServiceError> {
        let age = self.age.as_deref().filter(|a| !a.is_empty());
        let hours = age.map(|a| a.parse::<i64>().ok().filter(|h| (1..=87_600).contains(h)));
        let hours = match hours {
            Some(None) => return Err(ServiceError::invalid("invalid_filter", "age takes a number of hours")),
            Some(hours) => hours,
            None => None,
        };
        let origin = self.origin()?;
        let filter = DeadLetterFilter {
            kind: self.kind.clone(),
            reason: self.reason.clone(),
            fingerprint: self.fingerprint.clone(),
            state: DeadLetterState::chosen("state", self.state.as_deref())?,
            q: self.q.clone(),
            since: hours.map(|h| jiff::Timestamp::now() - jiff::SignedDuration::from_hours(h)),
            until: None,
            account: origin.account,
            mode: origin.livemode.map(Mode::of),
        };
        filter.checked()
    }

    fn origin(&self) -> Result<OriginFilter, ServiceError> {
        OriginFilter::chosen(self.account.as_deref(), self.mode.as_deref())
    }

    /// The same filter in an address.
    pub(in crate::pages) fn at(&self, path: &str, before: Option<&str>) -> String {
        let p = [
            ("type", self.kind.as_deref()),
            ("reason", self.reason.as_deref()),
            ("fingerprint", self.fingerprint.as_deref()),
            ("state", self.state.as_deref()),
            ("q", self.q.as_deref()),
            ("age", self.age.as_deref()),
            ("account", self.account.as_deref()),
            ("mode", self.mode.as_deref()),
            ("before", before),
        ];
        address(path, &p)
    }
}

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

async fn list(
    current_user: CurrentUser,
    console: web::Data<Console>,
    query: Query<FilterQuery>,
) -> PageResult {
    let filter = query.filter()?;
    let request = PageRequest { before: query.before.clone(), limit: None };
    let state = filter.state;
    let dead_letters = service::list(&console.pool, filter, &request, current_user.principal.role).await?;
    let next = dead_letters.next.as_deref().map(|next| query.at("/dead-letters/list", Some(next)));
    let body = html! {
        h1 { "Dead letters" }
        p.sub { "Newest first. " a href="/dead-letters" { "Show them in groups" } }
        (filters(&query, &query.origin()?))
        @if current_user.operates() && !dead_letters.items.is_empty() && state.is_none_or(|state| state == DeadLetterState::Open) {
            p { a.button.quiet href=(query.at("/dead-letters/bulk", None)) { "Replay or discard all of these …" } }
        }
        @if current_user.operates() { (selectable(&dead_letters.items)) } @else { (table(&dead_letters.items)) }
        (pager(next))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Dead, "Dead letters", &body)))
}

fn filters(query: &FilterQuery, origin: &OriginFilter) -> Markup {
    let text = |id: &str, label: &str, value: &Option<String>, hint: &str| {
        html! {
            div.field { label for=(id) { (label) } input id=(id) name=(id) value=[value.as_deref()] placeholder=(hint) maxlength="255"; }
        }
    };
    html! {
        form.filter action="/dead-letters/list" { div.row {
            (text("q", "Id or text", &query.q, "order, customer, error …"))
            (text("type", "Type", &query.kind, "charge.refunded"))
            div.field { label for="reason" { "Reason" } select id="reason" name="reason" {
                option value="" { "any" }
                @for reason in DeadLetterReason::ALL { option value=(reason) selected[query.reason.as_deref() == Some(reason.as_str())] { (reason) } }
            } }
            div.field { label for="state" { "State" } select id="state" name="state" {
                option value="" { "any" }
                @for state in DeadLetterState::ALL { option value=(state) selected[query.state.as_deref() == Some(state.as_str())] { (state) } }
            } }
            div.field { label for="age" { "Dead since" } select id="age" name="age" {
                @for (hours, message) in AGES { option value=(hours) selected[query.age.as_deref().unwrap_or("") == hours] { (message) } }
            } }
            (origin::fields(origin))
            @if let Some(fingerprint) = query.fingerprint.as_deref().filter(|f| !f.is_empty()) {
                input type="hidden" name="fingerprint" value=(fingerprint);
                span.hint { "one group · " a href="/dead-letters/list" { "all" } }
            }
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
                thead { tr { @if selects { th { "Select" } } th { "Dead" } th { "Dead letter" } (origin::heading(connected)) th { "Type" } th { "State" } th { "Error" } } }
                tbody { @for l in dead_letters { tr {
                    @if selects { td { @if l.state == DeadLetterState::Open { input type="checkbox" name="id" value=(l.id) aria-label={"Select dead letter " (l.id)}; } } }
                    td.when { (when(l.dead_at)) }
                    td { a href=(format!("/dead-letters/{}", l.id)) { "#" (l.id) } (origin::test_hint(l.livemode)) div.mono.hint { (l.event_id) } }
                    (origin::cell(connected, l.account.as_deref()))
                    td { (l.kind) }
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
