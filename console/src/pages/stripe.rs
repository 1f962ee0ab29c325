//! What was read from Stripe's API: sweeps, backfills, drift, reconciliations.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Query};
use maud::{Markup, html};
use serde::Deserialize;

use crate::backfills::store::Backfill;
use crate::checks::overview::{StripeReads, reads};
use crate::checks::store::{CheckKind, CheckResult, StoredCheck};
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::origin::account_name;
use crate::common::role::Role;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, exact, flash, page, when};
use crate::pages::reason::{self, DoneQuery, ReasonForm, RejectedForm};
use crate::pages::{PageFailure, PageResult, page_response, page_with_status, redirect};
use crate::sweeps::start::{self, SweepReach};
use crate::sweeps::store::Sweep;

async fn show(current_user: CurrentUser, console: web::Data<Console>, query: Query<DoneQuery>) -> PageResult {
    Ok(page_response(&render(&current_user, &console, query.completed(), None).await?))
}

async fn render(
    current_user: &CurrentUser,
    console: &Console,
    done: Option<Completed>,
    refused: Option<&RejectedForm>,
) -> Result<Markup, ServiceError> {
    let found = reads(&console.pool).await?;
    let refresh = (refused.is_none() && found.has_unfinished()).then_some("5");
    let body = html! {
        h1 { "Stripe's API" }
        p.sub { "What was read from Stripe, and what it showed." }
        (flash(done))
        @if console.stripe_events.is_none() {
            p.note.warn { "STRIPE_API_KEY is not set: nothing can be read from Stripe, and missed events stay missed." }
        }
        div id="stripe" data-refresh=[refresh] {
            h2 { "Sweeps: events that no webhook brought" }
            (gaps(&found))
            (sweeps(&found.sweeps))
            h2 { "Backfills" }
            (backfills(&found.backfills))
            h2 { "Drift and balance" }
            (checks(&found.checks))
        }
        @if console.stripe_events.is_some() && current_user.principal.role >= Role::Admin { (form(current_user, refused)) }
        @else if let Some(other) = refused.and_then(RejectedForm::other) { (other) }
    };
    Ok(page(Some(current_user), MenuItem::Overview, "Stripe's API", &body))
}

fn gaps(found: &StripeReads) -> Markup {
    let gaps = &found.gaps;
    html! {
        p { @match (gaps.missed, gaps.oldest) {
            (0, _) => "None was ever missed.",
            (missed, None) => { (missed) " were missed; all have arrived." }
            (missed, Some(oldest)) => { (missed) " were missed; " (gaps.waiting) " are still on their way, the oldest from " (when(oldest)) "." }
        } }
    }
}

fn sweeps(sweeps: &[Sweep]) -> Markup {
    html! {
        @if sweeps.is_empty() { p.card { "There was none yet." } } @else { div.scroll { table.list {
            thead { tr { th { "Sweep" } th { "Account" } th { "Events from" } th { "to" } th.num { "Listed" } th.num { "Missed" } th { "State" } } }
            tbody { @for s in sweeps { tr {
                td { "#" (s.id) } td { (account_name(&s.account)) } td.when { (when(s.since)) } td.when { (when(s.until)) }
                td.num { (s.listed) } td.num { (s.missed) }
                td.long { @match (s.finished_at, &s.error) {
                    (Some(at), _) => { span.badge.good { "finished" } " " (when(at)) }
                    (None, Some(error)) => { span.badge.bad { "interrupted" } " " (error) }
                    (None, None) => { span.badge.warn { "unfinished" } " back to " (when(s.reached)) }
                } }
            } } }
        } } }
    }
}

fn backfills(backfills: &[Backfill]) -> Markup {
    html! {
        @if backfills.is_empty() { p.card { "There was none yet: " code { "sluicegate backfill" } " takes in an existing account." } } @else { div.scroll { table.list {
            thead { tr { th { "Objects" } th { "Account" } th.num { "Taken in" } th { "Back to" } th { "Started" } th { "State" } } }
            tbody { @for b in backfills { tr {
                td { (b.object) @if b.messages { " " span.hint { "with messages" } } } td { (account_name(&b.account)) } td.num { (b.listed) }
                td.when { @if let Some(at) = b.reached { (when(at)) } @else { "–" } } td.when { (when(b.started_at)) }
                td.long { @match (b.finished_at, &b.error) {
                    (Some(at), _) => { span.badge.good { "finished" } " " (when(at)) }
                    (None, Some(error)) => { span.badge.bad { "interrupted" } " " (error) }
                    (None, None) => { span.badge.warn { "unfinished" } }
                } }
            } } }
        } } }
    }
}

fn checks(checks: &[StoredCheck]) -> Markup {
    html! {
        @if checks.is_empty() { p.card { "Never compared: " code { "sluicegate drift" } " and " code { "sluicegate reconcile --month" } "." } } @else { div.scroll { table.list {
            thead { tr { th { "What" } th { "Account" } th { "Scope" } th { "Result" } th { "When" } } }
            tbody { @for StoredCheck { result, finished_at } in checks { tr {
                td { (result.kind) } td { (account_name(&result.account)) } td { (result.scope) } td { (outcome(result)) } td.when { (exact(*finished_at)) }
            } } }
        } } }
    }
}

fn outcome(result: &CheckResult) -> Markup {
    let CheckResult { kind, checked, found, repaired, .. } = result;
    let (of, bad) = match kind {
        CheckKind::Drift => ("objects compared", "differed"),
        CheckKind::Reconcile => ("transactions", "not explained"),
    };
    html! {
        @if found == repaired { span.badge.good { "ok" } } @else { span.badge.bad { (found - repaired) " open" } }
        " " (checked) " " (of) ", " (found) " " (bad) @if *repaired > 0 { ", " (repaired) " repaired" }
    }
}

fn form(current_user: &CurrentUser, refused: Option<&RejectedForm>) -> Markup {
    html! {
        form.card method="post" action="/stripe/sweep" {
            h2 { "Sweep now" }
            p { "Reads Stripe's list of events of every account and publishes those that were never received. An event takes effect once, however often it is published." }
            (current_user.csrf_field())
            div.field { label for="reach" { "Events of the last" } select id="reach" name="reach" {
                @for (reach, name) in REACHES { option value=(reach) selected[reach == SweepReach::ThreeDays] { (name) } }
            } }
            @if let Some(other) = refused.and_then(RejectedForm::other) { (other) }
            (reason::field(refused, "kept in the audit"))
            button { "Sweep" }
        }
    }
}

const REACHES: [(SweepReach, &str); 4] = [
    (SweepReach::Hour, "hour"),
    (SweepReach::Day, "day"),
    (SweepReach::ThreeDays, "three days"),
    (SweepReach::Month, "30 days"),
];

#[derive(Debug, Deserialize)]
struct SweepForm {
    csrf: String,
    reason: String,
    reach: SweepReach,
}

async fn sweep(
    current_user: CurrentUser,
    console: web::Data<Console>,
    form: Form<SweepForm>,
) -> Result<HttpResponse, PageFailure> {
    current_user.check_form(&form.csrf, Role::Admin)?;
    let actor = &current_user.principal.actor;
    let SweepForm { csrf, reason, reach } = form.into_inner();
    let form = ReasonForm { csrf, reason };
    let started = form.carry_out(async |reason| {
        let missing = || ServiceError::conflict("no_api_key", "STRIPE_API_KEY is not set");
        let reader = console.stripe_events.as_ref().ok_or_else(missing)?;
        start::start(reader, actor, reach, reason).await
    });
    match started.await? {
        Ok(()) => Ok(redirect(&format!("/stripe?done={}", Completed::Started))),
        Err(refused) => {
            let page = render(&current_user, &console, None, Some(&refused)).await?;
            Ok(page_with_status(refused.status(), &page))
        }
    }
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/stripe", web::get().to(show)).route("/stripe/sweep", web::post().to(sweep));
}
