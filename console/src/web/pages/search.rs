//! One search box: from any id to one timeline.

use actix_web::web::{self, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::dead_list;
use super::effects::changed;
use super::layout::{Place, address, badge, event_link, exact, page, pager, search_link, tone, when};
use super::{Shown, shown};
use crate::money;
use crate::paging;
use crate::store::events::{Effect, Event};
use crate::store::money::{Dispute, Payment, Refund};
use crate::store::orders::Order;
use crate::store::subscriptions::{Invoice, Subscription};
use crate::timeline::{self, Timeline};
use crate::web::Console;
use crate::web::guard::Visitor;

#[derive(Debug, Deserialize)]
struct SearchQuery {
    q: Option<String>,
    before: Option<String>,
}

async fn search(visitor: Visitor, console: web::Data<Console>, query: Query<SearchQuery>) -> Shown {
    let query = query.into_inner();
    let asked = paging::text("q", query.q.map(|q| q.trim().to_owned()))?.unwrap_or_default();
    if asked.is_empty() {
        return Ok(super::see("/events"));
    }
    let before = paging::event_cursor(query.before.as_deref())?;
    let found = timeline::of(&console.pool, &asked, before.as_ref(), visitor.principal.role).await?;
    let next =
        found.next.as_deref().map(|next| address("/search", &[("q", Some(&asked)), ("before", Some(next))]));
    let body = html! {
        h1 { "All about " span.mono { (asked) } }
        @if found.is_empty() {
            p.card { "Nothing is known of it. It takes a whole id: of an order, customer, subscription, payment intent, charge, invoice, refund, dispute or event. "
                a href=(address("/dead-letters/list", &[("q", Some(&asked))])) { "Look for these words in dead letters" } }
        }
        div.columns { (cards(&found)) }
        @if !found.letters.is_empty() { h2 { "Dead letters" } (dead_list::table(&found.letters)) }
        @if !found.events.is_empty() { h2 { "What happened, newest first" } }
        ol.timeline { @for (event, effects) in &found.events { (entry(event, effects, &found)) } }
        (pager(next))
    };
    Ok(shown(&page(Some(&visitor), Place::Events, &asked, &body)))
}

fn cards(t: &Timeline) -> Markup {
    html! {
        @for order in &t.orders { (order_card(order)) }
        @for payment in &t.payments { (payment_card(payment)) }
        @for subscription in &t.subscriptions { (subscription_card(subscription)) }
        @for invoice in t.invoices.iter().take(12) { (invoice_card(invoice)) }
        @for refund in &t.refunds { (refund_card(refund)) }
        @for dispute in &t.disputes { (dispute_card(dispute)) }
    }
}

fn order_card(o: &Order) -> Markup {
    let currency = o.currency.as_deref().unwrap_or("");
    html! { section.card { h2 { "Order " (search_link(&o.id)) " " (badge(&o.status)) } dl.facts {
        @if let Some(amount) = o.amount { dt { "Amount" } dd { (money::show(amount, currency)) } }
        dt { "Paid" } dd { (money::show(o.amount_paid, currency)) }
        @if o.amount_refunded > 0 { dt { "Refunded" } dd { (money::show(o.amount_refunded, currency)) } }
        @if let Some(customer) = &o.customer { dt { "Customer" } dd { (search_link(customer)) } }
        dt { "Registered" } dd { (if o.registered { "yes" } else { "no, taken over from a payment" }) }
    } } }
}

fn payment_card(p: &Payment) -> Markup {
    let currency = p.currency.as_deref().unwrap_or("");
    html! { section.card { h2 { "Payment " (search_link(&p.id)) " " (badge(&p.status)) } dl.facts {
        @if let Some(amount) = p.amount { dt { "Amount" } dd { (money::show(amount, currency)) } }
        dt { "Paid" } dd { (money::show(p.amount_paid, currency)) }
        @if p.amount_refunded > 0 { dt { "Refunded" } dd { (money::show(p.amount_refunded, currency)) } }
        @if let Some(dispute) = &p.dispute { dt { "Dispute" } dd { (badge(dispute)) } }
        @if let Some(order) = &p.order_id { dt { "Order" } dd { (search_link(order)) } }
        @if let Some(customer) = &p.customer { dt { "Customer" } dd { (search_link(customer)) } }
        @if p.ambiguous { dt { "Certain" } dd { "no: the events so far leave open which came last" } }
    } } }
}

fn subscription_card(s: &Subscription) -> Markup {
    html! { section.card { h2 { "Subscription " (search_link(&s.id)) " " (badge(s.status.as_deref().unwrap_or("unknown"))) } dl.facts {
        dt { "Access" } dd { (if s.access { "yes" } else { "no" }) }
        @if let Some(at) = s.access_until { dt { "Access ends" } dd { (exact(at)) } }
        @if let Some(at) = s.paid_through { dt { "Paid through" } dd { (exact(at)) } }
        @if s.cancel_at_period_end { dt { "Ends" } dd { "with the period" } }
        @if let Some(at) = s.ended_at { dt { "Ended" } dd { (exact(at)) } }
        @if let Some(customer) = &s.customer { dt { "Customer" } dd { (search_link(customer)) } }
    } } }
}

fn invoice_card(i: &Invoice) -> Markup {
    let currency = i.currency.as_deref().unwrap_or("");
    html! { section.card { h2 { "Invoice " (search_link(&i.id)) " " (badge(i.status.as_deref().unwrap_or("unknown"))) } dl.facts {
        dt { "Due" } dd { (money::show(i.amount_due, currency)) }
        dt { "Paid" } dd { (money::show(i.amount_paid, currency)) }
        @if i.attempt_count > 1 { dt { "Tries" } dd { (i.attempt_count) } }
        @if let Some(at) = i.next_payment_attempt { dt { "Next try" } dd { (exact(at)) } }
    } } }
}

fn refund_card(r: &Refund) -> Markup {
    html! { section.card { h2 { "Refund " code { (r.id) } " " (badge(&r.status)) } dl.facts {
        dt { "Amount" } dd { (money::show(r.amount, &r.currency)) }
        @if let Some(reason) = &r.reason { dt { "Why" } dd { (reason) } }
        @if let Some(why) = &r.failure_reason { dt { "It failed" } dd { (why) } }
    } } }
}

fn dispute_card(d: &Dispute) -> Markup {
    html! { section.card { h2 { "Dispute " code { (d.id) } " " (badge(&d.state)) } dl.facts {
        dt { "Amount" } dd { (money::show(d.amount, &d.currency)) }
        dt { "At Stripe" } dd { (badge(&d.status)) }
        @if let Some(reason) = &d.reason { dt { "Why" } dd { (reason) } }
        @if let Some(at) = d.due_by { dt { "Evidence due" } dd { (exact(at)) } }
    } } }
}

fn entry(e: &Event, effects: &[Effect], t: &Timeline) -> Markup {
    html! { li class=(tone(&e.outcome)) {
        div.head { b { (e.kind) } (badge(&e.outcome)) (event_link(&e.id)) span.hint { "received " (when(e.received_at)) @if let Some(at) = e.processed_at { ", done " (when(at)) } } }
        @if let Some(error) = &e.last_error { div { (error) } }
        (changed(e, effects, &t.messages))
    } }
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/search", web::get().to(search));
}
