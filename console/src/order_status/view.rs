//! An order with everything that belongs to it.

use deadpool_postgres::GenericClient;
use serde::Serialize;
use utoipa::ToSchema;

use super::not_paid::{self, NotPaid};
use crate::cases::state::CaseState;
use crate::cases::store::{self as cases, Case, CaseFilter};
use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;
use crate::common::paging::Direction;
use crate::masking::masked_members;
use crate::orders::address::OrderAddress;
use crate::orders::payments::{self, DisputeRow, PaymentRow, RefundRow};
use crate::orders::store::{self as orders, OrderRow};

/// The most cases that are shown; an order has as many as it has held payments.
const MAX_CASES: i64 = 100;

/// An order, why it is not paid, and what was paid, refunded and disputed. Amounts are in minor units.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OrderView {
    #[serde(flatten)]
    pub(crate) order: OrderRow,
    /// Why it is not paid; none where it is, or was before it was refunded or disputed.
    pub(crate) not_paid_because: Option<NotPaid>,
    /// The payments that name it, the newest first; those with a `held_reason` do not count.
    pub(crate) payments: Vec<PaymentRow>,
    pub(crate) refunds: Vec<RefundRow>,
    pub(crate) disputes: Vec<DisputeRow>,
    /// Payments that do not match it: what staff must decide, or have decided.
    pub(crate) cases: Vec<Case>,
}

/// One order with everything that belongs to it.
pub(super) async fn load(
    client: &impl GenericClient,
    address: &OrderAddress,
) -> Result<OrderView, ServiceError> {
    let order = orders::show(client, address).await?.ok_or_else(|| address.not_found())?;
    // An order without a mode has no payments yet.
    let Some(livemode) = order.livemode else {
        let not_paid_because = not_paid::why(&order, &[], None);
        let (payments, refunds, disputes, cases) = (vec![], vec![], vec![], vec![]);
        return Ok(OrderView { order, not_paid_because, payments, refunds, disputes, cases });
    };
    let payments = payments::of_order(client, &address.key(livemode)).await?;
    let ids: Vec<String> = payments.iter().map(|payment| payment.id.clone()).collect();
    let refunds = payments::refunds(client, &ids).await?;
    let disputes = payments::disputes(client, &ids).await?;
    let filter = CaseFilter {
        order: Some(order.id.clone()),
        origin: OriginFilter { account: Some(order.account.clone()), livemode: Some(livemode) },
        ..CaseFilter::default()
    };
    let cases = cases::list(client, &filter, &Direction::Older(None), MAX_CASES).await?;
    let open = cases.iter().find(|case| case.state == CaseState::Open);
    let not_paid_because = not_paid::why(&order, &payments, open);
    Ok(OrderView { order, not_paid_because, payments, refunds, disputes, cases })
}

masked_members! {
    OrderView: order, payments, refunds, disputes, cases;
}
