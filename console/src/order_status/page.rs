//! An order as its page shows it: why it is not paid, each attempt to pay, and which messages were received.

use deadpool_postgres::Pool;

use super::attempts::{self, Attempt};
use super::explanation;
use super::service;
use super::view::OrderView;
use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;
use crate::common::paging::PageRequest;
use crate::common::role::Role;
use crate::messages::service as messages;
use crate::messages::store::{MessageFilter, MessageRow};
use crate::orders::address::OrderAddress;

const MESSAGES: i64 = 50;

/// An order with what its page says of it.
#[derive(Debug)]
pub(crate) struct OrderPage {
    pub(crate) view: OrderView,
    /// Why it is not paid, in one sentence.
    pub(crate) explanation: Option<String>,
    /// The newest first.
    pub(crate) attempts: Vec<Attempt>,
    /// What was sent of it, and whether it was received.
    pub(crate) messages: Vec<MessageRow>,
}

/// One order, as the role may see it.
pub(crate) async fn load(pool: &Pool, address: &OrderAddress, role: Role) -> Result<OrderPage, ServiceError> {
    let view = service::show(pool, address, role).await?;
    let ids: Vec<String> = view.payments.iter().map(|payment| payment.id.clone()).collect();
    let mut attempts = attempts::of_payments(&pool.get().await?, &ids).await?;
    if !role.sees_personal_data() {
        attempts.iter_mut().for_each(|attempt| attempt.last4 = None);
    }
    let origin = OriginFilter { account: Some(address.account.clone()), livemode: view.order.livemode };
    let filter = MessageFilter { q: Some(address.id.clone()), origin, ..MessageFilter::default() };
    let page = PageRequest { limit: Some(MESSAGES), ..PageRequest::default() };
    let messages = messages::list(pool, filter, &page, role).await?.items;
    Ok(OrderPage { explanation: explanation::sentence(&view, &attempts), view, attempts, messages })
}
