//! `/api/subscriptions`.

use actix_web::web::{self, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Caller, resource};
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::http::error::ErrorBody;
use crate::masking;
use crate::orders::subscriptions::{self as store, InvoiceRow, SubscriptionRow};

/// A subscription with its newest invoices.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SubscriptionView {
    #[serde(flatten)]
    subscription: SubscriptionRow,
    invoices: Vec<InvoiceRow>,
}

/// One subscription: where it stands, whether it gives access, and its newest invoices
#[utoipa::path(get, path = "/api/subscriptions/{id}", tag = "orders", params(("id" = String, Path, description = "Stripe's id")), responses(
    (status = 200, description = "The subscription", body = SubscriptionView),
    (status = 400, description = "The id cannot be one", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 404, description = "No such subscription", body = ErrorBody)))]
pub(super) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
) -> Result<Json<SubscriptionView>, ServiceError> {
    let client = console.pool.get().await?;
    let found = store::list(&client, std::slice::from_ref(&*id)).await?.pop();
    let subscription = found.ok_or_else(|| ServiceError::NotFound(format!("subscription {id}")))?;
    let invoices = store::invoices(&client, &[], Some(&id)).await?;
    let (subscription, invoices) = masking::for_role((subscription, invoices), caller.0.role);
    Ok(Json(SubscriptionView { subscription, invoices }))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/subscriptions/{id}", "GET").route(web::get().to(show)));
}
