//! What an event or dead letter is about: order, payment, customer, subscription and money.

use maud::{Markup, html};

use crate::common::origin::OriginFilter;
use crate::events::about::About;
use crate::pages::layout::search_link;
use crate::pages::links;

/// In a list: the order, else what else is known, and the amount.
pub(in crate::pages) fn cell(about: &About, origin: &OriginFilter) -> Markup {
    let first = about
        .order
        .as_ref()
        .or(about.payment.as_ref())
        .or(about.subscription.as_ref())
        .or(about.customer.as_ref());
    html! {
        td { @if let Some(id) = first { (search_link(id, origin)) } }
        td.num { (about.money().unwrap_or_default()) }
    }
}

/// On a page: all of it, each with a link to the same object at Stripe.
pub(in crate::pages) fn facts(about: &About, origin: &OriginFilter) -> Markup {
    let named = [
        ("Order", &about.order),
        ("Payment", &about.payment),
        ("Subscription", &about.subscription),
        ("Customer", &about.customer),
    ];
    html! {
        @for (name, id) in named { @if let Some(id) = id { dt { (name) } dd { (links::object(id, origin)) } } }
        @if let Some(amount) = about.money() { dt { "Amount" } dd { (amount) } }
    }
}
