//! Opens the stream of a list.

use std::pin::Pin;
use std::rc::Rc;

use bytes::Bytes;
use deadpool_postgres::Pool;
use futures_util::{FutureExt, Stream, StreamExt};
use jiff::Timestamp;

use super::kind::{ExportFormat, ExportedList};
use super::queries::ListQuery;
use super::stream::stream;
use crate::common::error::ServiceError;
use crate::common::paging::{Page, PageRequest};
use crate::common::role::Role;
use crate::orders::{list as orders, subscriptions};
use crate::{cases, dead_letters, events, messages};

/// The bytes of a file.
pub(crate) type File = Pin<Box<dyn Stream<Item = Result<Bytes, ServiceError>>>>;

/// What is exported, and for whom.
#[derive(Clone)]
pub(crate) struct Export {
    pub(crate) list: ExportedList,
    pub(crate) format: ExportFormat,
    pub(crate) query: ListQuery,
    pub(crate) role: Role,
    /// The mode that this system processes; none: both.
    pub(crate) processed: Option<bool>,
}

impl Export {
    /// The name under which the file is saved.
    pub(crate) fn file_name(&self, now: Timestamp) -> String {
        format!("{}-{}.{}", self.list, now.strftime("%Y%m%dT%H%M%SZ"), self.format)
    }
}

/// Opens the file: a filter that is wrong is refused before anything is sent.
pub(crate) fn open(pool: &Pool, export: &Export, now: Timestamp) -> Result<File, ServiceError> {
    let Export { list, format, query, role, processed } = export.clone();
    /// A page of a list as a function of the page that is asked for.
    macro_rules! file {
        ($filter:expr, $list:path) => {{
            let (filter, pool) = (Rc::new($filter), pool.clone());
            stream(
                format,
                Box::new(move |page| {
                    let (pool, filter) = (pool.clone(), filter.clone());
                    async move { $list(&pool, (*filter).clone(), &page, role).await }.boxed_local()
                }),
            )
            .boxed_local()
        }};
    }
    Ok(match list {
        ExportedList::Events => file!(query.events(processed, now)?, list_events),
        ExportedList::DeadLetters => file!(query.dead_letters(now)?, dead_letters::service::list),
        ExportedList::Cases => file!(query.cases(now)?, cases::service::list),
        ExportedList::Messages => file!(query.messages(now)?, messages::service::list),
        ExportedList::Orders => file!(query.orders(now)?, orders::list),
        ExportedList::Subscriptions => file!(query.subscriptions(now)?, list_subscriptions),
    })
}

async fn list_events(
    pool: &Pool,
    (filter, scope): (events::store::EventFilter, events::search::EventScope),
    page: &PageRequest,
    role: Role,
) -> Result<Page<events::store::EventRow>, ServiceError> {
    events::service::list(pool, &filter, &scope, page, role).await
}

async fn list_subscriptions(
    pool: &Pool,
    filter: subscriptions::SubscriptionFilter,
    page: &PageRequest,
    role: Role,
) -> Result<Page<subscriptions::SubscriptionRow>, ServiceError> {
    subscriptions::page(pool, &filter, page, role).await
}
