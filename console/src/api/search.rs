//! `GET /api/search`.

use actix_web::web::{self, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::reply::Reply;
use super::{Caller, resource};
use crate::common::error::ServiceError;
use crate::common::origin::{FoundOrigin, Mode, OriginFilter};
use crate::dead_letters::store::DeadLetter;
use crate::events::cursor;
use crate::events::store::{EffectRow, EventRow};
use crate::http::Console;
use crate::orders::payments::{DisputeRow, PaymentRow, RefundRow};
use crate::orders::store::OrderRow;
use crate::orders::subscriptions::{InvoiceRow, SubscriptionRow};
use crate::search::access::SearchedAs;
use crate::search::hit::Hit;
use crate::search::service::{self, Found, SearchRequest};
use crate::timeline::{Timeline, TimelineRequest};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// A complete id in any case: of an order, customer, subscription, payment intent, charge, invoice, refund, dispute or
    /// event. Or a part of an order's id, an amount, an invoice's number, a reference code, `#17`, `case 7`, a day, an
    /// address of Stripe's dashboard; for operators also an e-mail address, last four digits or a name.
    #[param(min_length = 1, max_length = 255, pattern = r"[A-Za-z0-9]")]
    q: String,
    /// A connected account; `self` or empty is the company's own, which is also the default where the id is known in
    /// several.
    #[param(max_length = 255)]
    account: Option<String>,
    /// `live` or `test`. Where the id is known in both, the mode that is processed, or live, by default.
    mode: Option<Mode>,
    /// Where older events begin: the `next` of the answer before.
    #[param(pattern = "^[0-9]{1,15}[.][A-Za-z0-9_:.-]{1,200}$")]
    before: Option<String>,
}

/// Everything about an id in one account and mode. Of each kind at most 100, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchView {
    /// The account that is shown; empty is the company's own, none where nothing was found and none was named.
    account: Option<String>,
    /// The mode that is shown.
    livemode: Option<bool>,
    /// Where else the id is known; ask again with this account and mode.
    elsewhere: Vec<FoundOrigin>,
    orders: Vec<OrderRow>,
    payments: Vec<PaymentRow>,
    refunds: Vec<RefundRow>,
    disputes: Vec<DisputeRow>,
    subscriptions: Vec<SubscriptionRow>,
    invoices: Vec<InvoiceRow>,
    /// Dead letters that name the id.
    dead_letters: Vec<DeadLetter>,
    /// The newest events that touched any of these.
    events: Vec<EventWithEffects>,
    /// What else the text may mean, at most 20 of each kind and reading.
    hits: Vec<Hit>,
    /// Readings that were not looked up because they take a higher role.
    refused: Vec<SearchedAs>,
    /// Pass it as `before` for older events; none when there are no more.
    next: Option<String>,
}

/// An event and what it changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventWithEffects {
    #[serde(flatten)]
    event: EventRow,
    effects: Vec<EffectRow>,
}

impl From<Found> for SearchView {
    fn from(search: Found) -> Self {
        let found: Timeline = search.timeline;
        let events = found.events.into_iter().map(|(event, effects)| EventWithEffects { event, effects });
        SearchView {
            account: found.origin.account,
            livemode: found.origin.livemode,
            elsewhere: found.elsewhere,
            orders: found.orders,
            payments: found.payments,
            refunds: found.refunds,
            disputes: found.disputes,
            subscriptions: found.subscriptions,
            invoices: found.invoices,
            dead_letters: found.dead_letters,
            events: events.collect(),
            hits: search.hits,
            refused: search.refused,
            next: found.next,
        }
    }
}

/// Everything about an id: what it belongs to, and the events that touched it
#[utoipa::path(get, path = "/api/search", tag = "events", params(SearchQuery), responses(Reply<SearchView>))]
pub(super) async fn search(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<SearchQuery>,
) -> Result<Reply<SearchView>, ServiceError> {
    let query = query.into_inner();
    let missing = || ServiceError::invalid("missing_id", "q takes what to search for");
    let typed = service::read(&query.q)?;
    if typed.terms.is_empty() {
        return Err(missing());
    }
    let before = cursor::read(query.before.as_deref())?;
    let origin = OriginFilter::new(query.account.as_deref(), query.mode)?;
    let timeline = TimelineRequest {
        id: &typed.text,
        origin: origin.clone(),
        processed: console.rules.livemode,
        before: before.as_ref(),
    };
    let secret = console.rules.search_secret.as_ref();
    let request = SearchRequest { origin, timeline, role: caller.0.role, secret };
    service::find(&console.pool, &typed, &request).await.map(|found| Reply(found.into()))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/search", "GET").route(web::get().to(search)));
}
