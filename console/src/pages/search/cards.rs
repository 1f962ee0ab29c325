//! What an id leads to: a card for each order, payment, subscription, invoice, refund and dispute.

use maud::{Markup, html};

use crate::common::money;
use crate::common::origin::OriginFilter;
use crate::events::outcome::AggregateKind;
use crate::orders::payments::{DisputeRow, PaymentRow, RefundRow};
use crate::orders::store::OrderRow;
use crate::orders::subscriptions::{InvoiceRow, SubscriptionRow};
use crate::pages::layout::{address, badge, exact, search_link};
use crate::pages::links;
use crate::timeline::Timeline;

/// Cards of each kind that are open at first.
const OPEN: usize = 10;
/// The database gives no more of a kind than this.
const GIVEN: usize = 100;
/// It does not look for more of a customer's than this.
const COUNTED: usize = 300;

/// The cards of one kind, the newest first, and how many there are.
struct CardKind {
    name: &'static str,
    cards: Vec<Markup>,
    found: usize,
}

/// Everything that an id leads to: the newest of each kind, the rest behind a click. An order that is described above
/// has no card as well.
pub(in crate::pages) fn cards(t: &Timeline, described: Option<&OrderRow>) -> Markup {
    let origin = &t.origin;
    let found = |kind| t.found.get(&kind).copied().unwrap_or(0);
    let others = t.orders.iter().filter(|row| described.is_none_or(|described| described.id != row.id));
    let orders = others.map(|row| order_card(row, origin)).collect();
    let kind = |name, cards, found| CardKind { name, cards, found };
    let kinds = [
        kind("orders", orders, found(AggregateKind::Order)),
        kind(
            "payments",
            t.payments.iter().map(|row| payment_card(row, origin)).collect(),
            found(AggregateKind::Payment),
        ),
        kind(
            "subscriptions",
            t.subscriptions.iter().map(|row| subscription_card(row, origin)).collect(),
            found(AggregateKind::Subscription),
        ),
        kind(
            "invoices",
            t.invoices.iter().map(|row| invoice_card(row, origin)).collect(),
            found(AggregateKind::Invoice),
        ),
        kind("refunds", t.refunds.iter().map(|row| refund_card(row, origin)).collect(), 0),
        kind("disputes", t.disputes.iter().map(|row| dispute_card(row, origin)).collect(), 0),
    ];
    html! {
        @if kinds.iter().any(|kind| !kind.cards.is_empty()) {
            div.columns { @for kind in &kinds { @for card in kind.cards.iter().take(OPEN) { (card) } } }
        }
        @for kind in &kinds { (rest(kind)) }
    }
}

fn rest(kind: &CardKind) -> Markup {
    let given = kind.cards.len();
    html! {
        @if given > OPEN {
            details.rest {
                summary { "and " (given - OPEN) " more " (kind.name) @if let Some(message) = cut(kind) { span.hint { " · " (message) } } }
                div.columns { @for card in kind.cards.iter().skip(OPEN) { (card) } }
            }
        }
    }
}

/// What is not shown at all.
fn cut(kind: &CardKind) -> Option<String> {
    let (given, name) = (kind.cards.len(), kind.name);
    match kind.found {
        found if found >= COUNTED => Some(format!("Only {given} of {COUNTED} {name} or more are shown.")),
        found if found > given => Some(format!("Only the newest {given} of {found} {name} are shown.")),
        0 if given >= GIVEN => Some(format!("Only the newest {given} {name} are shown.")),
        _ => None,
    }
}

fn order_card(o: &OrderRow, origin: &OriginFilter) -> Markup {
    let currency = o.currency.as_deref().unwrap_or("");
    html! { section.card { h2 { "Order " (search_link(&o.id, origin)) " " (badge(&o.status)) } dl.facts {
        @if let Some(amount) = o.amount { dt { "Amount" } dd { (money::show(amount, currency)) } }
        dt { "Paid" } dd { (money::show(o.amount_paid, currency)) }
        @if o.amount_refunded > 0 { dt { "Refunded" } dd { (money::show(o.amount_refunded, currency)) } }
        @if o.amount_disputed > 0 { dt { "Disputed" } dd { (money::show(o.amount_disputed, currency)) } }
        @if let Some(customer) = &o.customer { dt { "Customer" } dd { (links::object(customer, origin)) } }
        dt { "Registered" } dd { (if o.registered { "yes" } else { "no, adopted from a payment" }) }
    } } }
}

fn payment_card(p: &PaymentRow, origin: &OriginFilter) -> Markup {
    let currency = p.currency.as_deref().unwrap_or("");
    html! { section.card { h2 { "Payment " (links::object(&p.id, origin)) " " (badge(&p.status)) } dl.facts {
        @if let Some(amount) = p.amount { dt { "Amount" } dd { (money::show(amount, currency)) } }
        dt { "Paid" } dd { (money::show(p.amount_paid, currency)) }
        @if let Some(reason) = &p.held_reason { dt { "Held" } dd { (reason) ": it does not count for its order" @if let Some(order) = &p.order_id { ", " a href=(address("/cases", &[("state", Some("all")), ("order", Some(order)), ("account", origin.account_name()), ("mode", origin.mode_name())])) { "see its case" } } } }
        @if p.amount_refunded > 0 { dt { "Refunded" } dd { (money::show(p.amount_refunded, currency)) } }
        @if let Some(dispute) = &p.dispute { dt { "Dispute" } dd { (badge(dispute)) } }
        @if let Some(order) = &p.order_id { dt { "Order" } dd { (search_link(order, origin)) } }
        @if let Some(customer) = &p.customer { dt { "Customer" } dd { (links::object(customer, origin)) } }
        @if p.ambiguous { dt { "Certain" } dd { "no: the events so far leave open which came last" } }
    } } }
}

fn subscription_card(s: &SubscriptionRow, origin: &OriginFilter) -> Markup {
    html! { section.card { h2 { "Subscription " (links::object(&s.id, origin)) " " (badge(s.status.as_deref().unwrap_or("unknown"))) } dl.facts {
        dt { "Access" } dd { (if s.access { "yes" } else { "no" }) }
        @if let Some(at) = s.access_until { dt { "Access ends" } dd { (exact(at)) } }
        @if let Some(at) = s.paid_through { dt { "Paid through" } dd { (exact(at)) } }
        @if s.refunded { dt { "Refunded" } dd { "all of its newest paid invoice" } }
        @if s.cancel_at_period_end { dt { "Ends" } dd { "with the period" } }
        @if let Some(at) = s.ended_at { dt { "Ended" } dd { (exact(at)) } }
        @if let Some(customer) = &s.customer { dt { "Customer" } dd { (links::object(customer, origin)) } }
    } } }
}

fn invoice_card(i: &InvoiceRow, origin: &OriginFilter) -> Markup {
    let currency = i.currency.as_deref().unwrap_or("");
    html! { section.card { h2 { "Invoice " (links::object(&i.id, origin)) " " (badge(i.status.as_deref().unwrap_or("unknown"))) } dl.facts {
        dt { "Due" } dd { (money::show(i.amount_due, currency)) }
        dt { "Paid" } dd { (money::show(i.amount_paid, currency)) }
        @if i.attempt_count > 1 { dt { "Attempts" } dd { (i.attempt_count) } }
        @if let Some(at) = i.next_payment_attempt { dt { "Next attempt" } dd { (exact(at)) } }
    } } }
}

fn refund_card(r: &RefundRow, origin: &OriginFilter) -> Markup {
    html! { section.card { h2 { "Refund " (links::object(&r.id, origin)) " " (badge(&r.status)) } dl.facts {
        dt { "Amount" } dd { (money::show(r.amount, &r.currency)) }
        @if let Some(reason) = &r.reason { dt { "Reason" } dd { (reason) } }
        @if let Some(message) = &r.failure_reason { dt { "Failure reason" } dd { (message) } }
    } } }
}

fn dispute_card(d: &DisputeRow, origin: &OriginFilter) -> Markup {
    html! { section.card { h2 { "Dispute " (links::object(&d.id, origin)) " " (badge(&d.state)) } dl.facts {
        dt { "Amount" } dd { (money::show(d.amount, &d.currency)) }
        dt { "At Stripe" } dd { (badge(&d.status)) }
        @if let Some(reason) = &d.reason { dt { "Reason" } dd { (reason) } }
        @if let Some(at) = d.due_by { dt { "Evidence due" } dd { (exact(at)) } }
    } } }
}
