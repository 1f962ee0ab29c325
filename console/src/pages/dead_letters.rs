//! Dead letters in groups and as a list.

use actix_web::web::{self, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::{MenuItem, address, badge, chart, page, pager, when};
use super::{PageResult, page_response};
use crate::common::error::ServiceError;
use crate::common::paging::PageRequest;
use crate::common::text_enum::TextEnum;
use crate::dead_letters::advice;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::dead_letters::reason::DeadLetterReason;
use crate::dead_letters::service;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::{DeadLetter, DeadLetterGroup};
use crate::http::Console;
use crate::http::session::CurrentUser;

/// A filter as a page's address has it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct FilterQuery {
    #[serde(rename = "type")]
    kind: Option<String>,
    reason: Option<String>,
    fingerprint: Option<String>,
    state: Option<String>,
    q: Option<String>,
    /// Dead in the last so many hours.
    age: Option<String>,
    before: Option<String>,
}

/// Groups that the page shows.
const MAX_GROUPS: i64 = 100;
const AGES: [(&str, &str); 5] =
    [("", "any time"), ("1", "last hour"), ("24", "last day"), ("168", "last week"), ("720", "last 30 days")];

impl FilterQuery {
    /// The filter that the database takes.
    pub(super) fn filter(&self) -> Result<DeadLetterFilter, ServiceError> {
        let age = self.age.as_deref().filter(|a| !a.is_empty());
        let hours = age.map(|a| a.parse::<i64>().ok().filter(|h| (1..=87_600).contains(h)));
        let hours = match hours {
            Some(None) => return Err(ServiceError::invalid("invalid_filter", "age takes a number of hours")),
            Some(hours) => hours,
            None => None,
        };
        let filter = DeadLetterFilter {
            kind: self.kind.clone(),
            reason: self.reason.clone(),
            fingerprint: self.fingerprint.clone(),
            state: DeadLetterState::chosen("state", self.state.as_deref())?,
            q: self.q.clone(),
            since: hours.map(|h| jiff::Timestamp::now() - jiff::SignedDuration::from_hours(h)),
            until: None,
        };
        filter.checked()
    }

    /// The same filter in an address.
    pub(super) fn at(&self, path: &str, before: Option<&str>) -> String {
        let p = [
            ("type", self.kind.as_deref()),
            ("reason", self.reason.as_deref()),
            ("fingerprint", self.fingerprint.as_deref()),
            ("state", self.state.as_deref()),
            ("q", self.q.as_deref()),
            ("age", self.age.as_deref()),
            ("before", before),
        ];
        address(path, &p)
    }
}

async fn groups(current_user: CurrentUser, console: web::Data<Console>) -> PageResult {
    let role = current_user.principal.role;
    let groups = service::groups(&console.pool, DeadLetterState::Open, None, None, MAX_GROUPS, role).await?;
    let total: i64 = groups.iter().map(|g| g.count).sum();
    let body = html! {
        h1 { "Dead letters" }
        p.sub {
            @if groups.is_empty() { "Nothing to look at. " } @else { (total) " open, by cause, the most frequent first. " }
            a href="/dead-letters/list" { "Show them as a list" }
        }
        @for group in &groups { (card(&current_user, group)) }
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Dead, "Dead letters", &body)))
}

fn card(current_user: &CurrentUser, g: &DeadLetterGroup) -> Markup {
    let of = [("fingerprint", Some(g.fingerprint.as_str())), ("state", Some(DeadLetterState::Open.as_str()))];
    let words = format!("{} in the last 30 days", g.days.iter().sum::<i64>());
    html! {
        section.card {
            div.columns {
                div {
                    h2 { (g.count) " × " (g.reason) " " span.hint { (g.kind) } }
                    p { (advice::of(&g.reason).meaning) }
                    p.mono { (g.error) }
                }
                div {
                    (chart(&g.days, &words))
                    p.hint { "first " (when(g.first_seen)) ", last " (when(g.last_seen)) }
                    p.row {
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
        (filters(&query))
        @if current_user.operates() && !dead_letters.items.is_empty() && state.is_none_or(|state| state == DeadLetterState::Open) {
            p { a.button.quiet href=(query.at("/dead-letters/bulk", None)) { "Replay or discard all of these …" } }
        }
        (table(&dead_letters.items))
        (pager(next))
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Dead, "Dead letters", &body)))
}

fn filters(query: &FilterQuery) -> Markup {
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
                @for (hours, words) in AGES { option value=(hours) selected[query.age.as_deref().unwrap_or("") == hours] { (words) } }
            } }
            @if let Some(fingerprint) = query.fingerprint.as_deref().filter(|f| !f.is_empty()) {
                input type="hidden" name="fingerprint" value=(fingerprint);
                span.hint { "one group · " a href="/dead-letters/list" { "all" } }
            }
            button.quiet { "Show" }
        } }
    }
}

/// Dead letters as a table.
pub(super) fn table(dead_letters: &[DeadLetter]) -> Markup {
    html! {
        @if dead_letters.is_empty() { p.card { "No dead letter matches." } } @else {
            div.scroll { table.list {
                thead { tr { th { "Dead" } th { "Dead letter" } th { "Type" } th { "State" } th { "Error" } } }
                tbody { @for l in dead_letters { tr {
                    td.when { (when(l.dead_at)) }
                    td { a href=(format!("/dead-letters/{}", l.id)) { "#" (l.id) } div.mono.hint { (l.event_id) } }
                    td { (l.kind) }
                    td { (badge(&l.state)) }
                    td.long { (l.error) }
                } } }
            } }
        }
    }
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/dead-letters", web::get().to(groups)).route("/dead-letters/list", web::get().to(list));
}
