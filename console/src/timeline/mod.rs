//! Everything about one id: what it belongs to, every event that touched it, what each changed, and which
//! messages went out.

pub(crate) mod details;
pub(crate) mod versions;

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::Pool;

use crate::common::error::ServiceError;
use crate::common::origin::{FoundOrigin, OriginFilter};
use crate::common::paging::Direction;
use crate::common::role::Role;
use crate::dead_letters::store::{self as dead_letters, DeadLetter};
use crate::events::changes;
use crate::events::cursor::EventCursor;
use crate::events::outcome::AggregateKind;
use crate::events::search::{self, EventScope};
use crate::events::store::{EffectRow, EventFilter, EventRow};
use crate::masking;
use crate::masking::masked_members;
use crate::orders::payments::{self, DisputeRow, Messages, PaymentRow, RefundRow};
use crate::orders::store::{self as orders, OrderRow};
use crate::orders::subscriptions::{self, InvoiceRow, SubscriptionRow};

const EVENTS: i64 = 100;
const MAX_DEAD_LETTERS: i64 = 20;

/// Everything about one id in one account and mode.
#[derive(Debug)]
pub(crate) struct Timeline {
    /// The account and mode that are shown; as they were asked for, where nothing was found.
    pub(crate) origin: OriginFilter,
    /// Where else the id is known.
    pub(crate) elsewhere: Vec<FoundOrigin>,
    /// Orders it leads to.
    pub(crate) orders: Vec<OrderRow>,
    /// Payments it leads to.
    pub(crate) payments: Vec<PaymentRow>,
    pub(crate) refunds: Vec<RefundRow>,
    pub(crate) disputes: Vec<DisputeRow>,
    /// Subscriptions it leads to.
    pub(crate) subscriptions: Vec<SubscriptionRow>,
    /// Invoices it leads to.
    pub(crate) invoices: Vec<InvoiceRow>,
    /// How many there are of each kind it leads to; of many only the newest are above.
    pub(crate) found: BTreeMap<AggregateKind, usize>,
    /// Dead letters that name it.
    pub(crate) dead_letters: Vec<DeadLetter>,
    /// The newest events that touched any of these, with what each changed.
    pub(crate) events: Vec<(EventRow, Vec<EffectRow>)>,
    /// Messages by key: when each was sent, if it was.
    pub(crate) messages: Messages,
    /// Where older events begin, when there are more.
    pub(crate) next: Option<String>,
}

impl Timeline {
    /// Of nothing.
    pub(crate) fn empty(origin: OriginFilter) -> Timeline {
        Timeline {
            origin,
            elsewhere: Vec::new(),
            orders: Vec::new(),
            payments: Vec::new(),
            refunds: Vec::new(),
            disputes: Vec::new(),
            subscriptions: Vec::new(),
            invoices: Vec::new(),
            found: BTreeMap::new(),
            dead_letters: Vec::new(),
            events: Vec::new(),
            messages: Messages::default(),
            next: None,
        }
    }

    /// Whether nothing at all is known of the id.
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
            && self.orders.is_empty()
            && self.payments.is_empty()
            && self.subscriptions.is_empty()
            && self.invoices.is_empty()
            && self.dead_letters.is_empty()
    }
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct TimelineRequest<'a> {
    pub(crate) id: &'a str,
    /// The accounts and modes to look in. What is shown is of one of them: live and test are never mixed.
    pub(crate) origin: OriginFilter,
    /// The mode that this system processes; none: both.
    pub(crate) processed: Option<bool>,
    /// Where older events begin.
    pub(crate) before: Option<&'a EventCursor>,
}

/// Everything about an id that the role may see, in one account and mode.
pub(crate) async fn of(
    pool: &Pool,
    request: &TimelineRequest<'_>,
    role: Role,
) -> Result<Timeline, ServiceError> {
    let client = pool.get().await?;
    let id = request.id;
    let scope = EventScope { any: Some(id.to_owned()), ..EventScope::default() };
    let mut keys = search::aggregates(&client, &scope, &OriginFilter::default()).await?;
    let mut origins = search::origins(&client, id).await?;
    origins.extend(keys.iter().map(|key| key.origin.clone()));
    let (shown, elsewhere) = FoundOrigin::choose(origins, &request.origin, request.processed);
    let origin = shown.map_or_else(|| request.origin.clone(), OriginFilter::from);
    if !elsewhere.is_empty() {
        // Anew, because the first were cut at a number.
        keys = search::aggregates(&client, &scope, &origin).await?;
    }
    let of = |kind: AggregateKind| {
        keys.iter().filter(|key| key.kind == kind).map(|key| key.id.clone()).collect::<Vec<_>>()
    };
    let payments = of(AggregateKind::Payment);
    let mut counts = BTreeMap::new();
    keys.iter().for_each(|key| *counts.entry(key.kind).or_default() += 1);
    let filter = EventFilter { origin: origin.clone(), ..EventFilter::default() };
    let mut page =
        search::events(&client, &filter, &scope, &Direction::Older(request.before.cloned()), EVENTS + 1)
            .await?;
    let next =
        (page.len() > 100).then(|| page.truncate(100)).and_then(|()| page.last().map(EventRow::cursor));
    let ids: Vec<&str> = page.iter().map(|e| e.id.as_str()).collect();
    let mut effects = search::effects(&client, &ids).await?;
    let messages: BTreeSet<&str> = effects.values().flatten().flat_map(changes::messages).collect();
    let messages: Vec<String> = messages.into_iter().map(str::to_owned).collect();
    let found = Timeline {
        orders: orders::list(&client, &of(AggregateKind::Order), &origin).await?,
        refunds: payments::refunds(&client, &payments).await?,
        disputes: payments::disputes(&client, &payments).await?,
        payments: payments::payments(&client, &payments).await?,
        subscriptions: subscriptions::list(&client, &of(AggregateKind::Subscription)).await?,
        invoices: subscriptions::invoices(&client, &of(AggregateKind::Invoice), None).await?,
        found: counts,
        dead_letters: dead_letters::naming(&client, id, &origin, MAX_DEAD_LETTERS).await?,
        messages: payments::messages(&client, &messages, &origin).await?,
        events: page
            .into_iter()
            .map(|e| {
                let done = effects.remove(&e.id).unwrap_or_default();
                (e, done)
            })
            .collect(),
        next: next.map(|cursor| cursor.to_string()),
        origin,
        elsewhere,
    };
    Ok(masking::for_role(found, role))
}

masked_members! {
    Timeline: orders, payments, refunds, disputes, subscriptions, invoices, dead_letters, events, messages;
}
