//! The overview: how the system is now. Refreshes itself.

use std::time::Duration;

use actix_web::web;
use jiff::Timestamp;
use maud::{Markup, html};

use crate::common::elapsed;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, clock, page, when};
use crate::pages::{PageResult, page_response};
use crate::system::gaps::Gaps;
use crate::system::overview::{self as data, Overview, WorkerCount};
use crate::system::queues::{QueueKind, QueueState};

async fn show(current_user: CurrentUser, console: web::Data<Console>) -> PageResult {
    let overview = data::overview(console.sources()).await?;
    let body = html! {
        h1 { "Overview" }
        div id="now" data-refresh="5" { (now(&overview)) }
    };
    Ok(page_response(&page(Some(&current_user), MenuItem::Overview, "Overview", &body)))
}

fn now(overview: &Overview) -> Markup {
    html! {
        @if let Some(message) = &overview.broker {
            p.note.bad role="alert" { "The broker is unavailable: " (message) ". Stripe keeps new events and retries them." }
        }
        (tiles(overview))
        h2 { "Queues" }
        @if overview.queues.is_empty() { p.card { "Nothing is known of the queues now." } } @else { (queues(overview)) }
        h2 { "Workers" }
        (workers(overview))
        p.hint { "As of " (clock(Timestamp::now())) }
    }
}

fn tiles(overview: &Overview) -> Markup {
    let n = &overview.numbers;
    let has_open = n.dead_open > 0;
    html! {
        div.tiles {
            a.tile.alarm[has_open] href="/dead-letters" { b { (n.dead_open) } span { "dead letters to look at" } }
            a.tile href="/dead-letters/list?state=replayed" { b { (n.dead_replayed) } span { "replayed, on their way" } }
            a.tile href="/events?outcome=retrying" {
                b { (n.retrying) } span { "will be retried" @if let Some(at) = n.oldest_retrying { ", oldest " (when(at)) } }
            }
            a.tile href="/events" { b { (n.received) } span { "received by workers in the last minute; " (waiting(&overview.queues)) } }
            div.tile { b { (n.processed) } span { "processed in the last minute" } }
            div.tile { b { (seconds(n.lag_p50)) } span { "from received to processed (p50); p99 " (seconds(n.lag_p99)) } }
            div.tile { b { (n.unsent) } span { "messages waiting to go out" } }
            a.tile.alarm[overview.gaps.waiting > 0] href="/stripe" {
                b { (overview.gaps.missed) }
                span { "events that no webhook brought, found in Stripe's list" @if overview.gaps.missed > 0 { "; " (on_their_way(&overview.gaps)) } }
            }
        }
    }
}

fn on_their_way(gaps: &Gaps) -> Markup {
    html! {
        @match gaps.oldest {
            Some(oldest) => { (gaps.waiting) " still on their way, the oldest from " (when(oldest)) }
            None => "all have arrived",
        }
    }
}

/// What the workers have not seen: only the broker knows of it.
fn waiting(queues: &[QueueState]) -> String {
    match queues.iter().filter(|q| q.kind == QueueKind::Work).map(|q| u64::from(q.ready)).sum::<u64>() {
        _ if queues.is_empty() => "what waits in the queues is not known".to_owned(),
        0 => "none waits in the queues".to_owned(),
        1 => "1 more waits in the queues".to_owned(),
        n => format!("{n} more wait in the queues"),
    }
}

fn seconds(lag: Option<f64>) -> String {
    lag.map_or_else(|| "–".to_owned(), elapsed::format_seconds)
}

fn queues(overview: &Overview) -> Markup {
    html! {
        div.scroll { table {
            thead { tr { th { "Queue" } th.num { "Ready" } th.num { "Unacknowledged" } th.num { "Consumers" } th.num title="Since the queue was last seen empty, or its workers last came further" { "Oldest waits at most" } } }
            tbody {
                @for queue in &overview.queues {
                    tr {
                        td { code { (queue.name) } " " @if queue.kind != QueueKind::Work { span.hint { (queue.kind) } } }
                        td.num { (queue.ready) }
                        td.num { @if let Some(n) = queue.unacknowledged { (n) } @else { span.hint title="RABBITMQ_MANAGEMENT_URL is not set or does not answer" { "not known" } } }
                        td.num {
                            @if queue.consumers == 0 && queue.kind != QueueKind::Retry { span.badge.bad { "no consumer" } " " }
                            (queue.consumers)
                        }
                        td.num { (oldest(queue)) }
                    }
                }
            }
        } }
    }
}

fn oldest(queue: &QueueState) -> Markup {
    html! {
        @match queue.oldest_seconds {
            Some(seconds) => (elapsed::format_seconds(Duration::from_secs(seconds).as_secs_f64())),
            None if queue.ready > 0 => span.hint { "not known" },
            None => "–",
        }
    }
}

fn workers(overview: &Overview) -> Markup {
    html! {
        div.scroll { table {
            thead { tr { th { "Kind" } th.num { "Running" } th { "Last report" } } }
            tbody { @for w in &overview.workers { tr {
                td { (w.kind) }
                td.num { @if w.alive == 0 { span.badge.bad { "none running" } " " } (w.alive) }
                td { (last_seen(w)) }
            } } }
        } }
    }
}

fn last_seen(w: &WorkerCount) -> Markup {
    html! {
        @if w.alive > 0 && let Some(at) = w.seen_at { (when(at)) }
        @if w.alive > 0 && w.silent > 0 { "; " }
        @if let Some(at) = w.silent_since { (w.silent) " silent since " (clock(at)) " (" (when(at)) ")" }
        @if w.seen_at.is_none() { span.hint { "none: stopped, or never started" } }
    }
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/", web::get().to(show));
}
