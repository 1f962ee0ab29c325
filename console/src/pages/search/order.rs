//! An order in words: why it is not paid, each attempt to pay, its cases, and the messages about it.

use maud::{Markup, html};

use crate::common::money;
use crate::common::origin::OriginFilter;
use crate::messages::state::DeliveryState;
use crate::messages::store::MessageRow;
use crate::order_status::attempts::{Attempt, AttemptResult};
use crate::order_status::page::OrderPage;
use crate::pages::layout::{badge, event_link, exact, search_link, when};
use crate::pages::links;

/// The section of an order's page above its cards.
pub(super) fn section(page: &OrderPage) -> Markup {
    let order = &page.view.order;
    let money = |amount| money::show(amount, order.currency.as_deref().unwrap_or_default());
    let of = OriginFilter { account: Some(order.account.clone()), livemode: order.livemode };
    html! {
        section.card id="order" {
            h2 { "Order " (search_link(&order.id, &of)) (links::copy(&order.id)) " " (badge(&order.status)) }
            @if let Some(explanation) = &page.explanation { p.note.warn id="why" { (explanation) } }
            dl.facts {
                @if let Some(amount) = order.amount { dt { "Costs" } dd { (money(amount)) } }
                dt { "Paid" } dd { (money(order.amount_paid)) }
                @if order.amount_refunded > 0 { dt { "Refunded" } dd { (money(order.amount_refunded)) } }
                @if order.amount_disputed > 0 { dt { "Disputed" } dd { (money(order.amount_disputed)) } }
                @if let Some(customer) = &order.customer { dt { "Customer" } dd { (links::object(customer, &of)) } }
                dt { (if order.registered { "Registered" } else { "Not registered, first heard of" }) } dd { (exact(order.created_at)) }
                dt { "In this state since" } dd { (exact(order.status_since)) }
            }
            (attempts(&page.attempts))
            (cases(page))
            (messages(&page.messages))
        }
    }
}

fn attempts(attempts: &[Attempt]) -> Markup {
    html! {
        @if !attempts.is_empty() {
            h3 { "Attempts to pay" }
            ul.plain { @for attempt in attempts { li {
                (exact(attempt.at)) ": "
                @match attempt.result {
                    AttemptResult::Failed => { "declined" },
                    AttemptResult::Processing => { "under way" },
                    AttemptResult::Succeeded => { "succeeded" },
                }
                @if let Some(with) = attempt.paid_with() { " with " (with) }
                @if let Some(why) = attempt.declined() { ": " (why) }
                " " span.hint { (event_link(&attempt.event_id)) }
            } } }
        }
    }
}

fn cases(page: &OrderPage) -> Markup {
    html! {
        @if !page.view.cases.is_empty() {
            h3 { "Payments that do not match" }
            ul.plain { @for case in &page.view.cases { li {
                a href=(format!("/cases/{}", case.id)) { "Case #" (case.id) } " " (badge(case.state.as_str())) " "
                (case.paid()) " by " span.mono { (case.payment_id) } ", and " (case.expected()) " expected (" (case.reason) "), opened " (when(case.opened_at))
            } } }
        }
    }
}

fn messages(messages: &[MessageRow]) -> Markup {
    html! {
        @if !messages.is_empty() {
            h3 { "Messages" }
            ul.plain { @for message in messages { li {
                a.mono href=(format!("/messages/{}", message.id)) { (message.key) } " "
                @for delivery in &message.deliveries {
                    (badge(&delivery.state)) span.hint { " "
                        @match (delivery.state, delivery.sent_at) {
                            (DeliveryState::Sent, Some(at)) => { "received by " (delivery.destination) " " (when(at)) },
                            (DeliveryState::Failed, _) => { "not received by " (delivery.destination) @if let Some(error) = &delivery.last_error { ": " (error) } },
                            _ => { (delivery.destination) },
                        }
                    " " }
                }
            } } }
        }
    }
}
