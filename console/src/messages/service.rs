//! Finding messages.

use deadpool_postgres::{GenericClient, Pool};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::store::{self, MessageFilter, MessageRow};
use crate::common::error::ServiceError;
use crate::common::paging::{self, Page, PageRequest};
use crate::common::role::Role;
use crate::masking::{self, masked_members};

/// A message with its data.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MessageView {
    #[serde(flatten)]
    pub(crate) message: MessageRow,
    /// What the destinations get as `data`.
    pub(crate) data: Value,
}

/// A page of messages, newest first, as the role may see them.
pub(crate) async fn list(
    pool: &Pool,
    filter: MessageFilter,
    page: &PageRequest,
    role: Role,
) -> Result<Page<MessageRow>, ServiceError> {
    let filter = MessageFilter {
        topic: paging::text("topic", filter.topic)?,
        destination: paging::text("destination", filter.destination)?,
        q: paging::text("q", filter.q)?,
        ..filter
    };
    let (limit, direction) = (page.limit()?, page.number_direction()?);
    let client = pool.get().await?;
    let ids = match &filter.q {
        Some(q) => Some(store::named(&client, q).await?),
        None => None,
    };
    let found = store::list(&client, &filter, ids.as_deref(), &direction, limit + 1).await?;
    let mut page = Page::around(found, limit, &direction, |message| message.id.to_string());
    store::deliveries(&client, &mut page.items).await?;
    Ok(masking::for_role(page, role))
}

/// One message, as the role may see it.
pub(crate) async fn show(pool: &Pool, id: i64, role: Role) -> Result<MessageView, ServiceError> {
    Ok(masking::for_role(load(&pool.get().await?, id).await?, role))
}

pub(super) async fn load(client: &impl GenericClient, id: i64) -> Result<MessageView, ServiceError> {
    let found = store::show(client, id).await?;
    let (mut message, data) = found.ok_or_else(|| ServiceError::NotFound(format!("message {id}")))?;
    store::deliveries(client, std::slice::from_mut(&mut message)).await?;
    Ok(MessageView { message, data })
}

masked_members! {
    MessageView: message, data;
}
