//! What may explain why a payment is held: its checkout sessions and the invoices that it pays. No event of them has come,
//! and the payment intent does not name them.

use serde_json::Value;
use stripe_api::{ApiError, Call, List, Resource, Retrieved, StripeApi};

use super::retrieve;

/// The sessions and invoices of a payment intent, each with what joins it to the payment.
pub(super) async fn explanations(
    api: &StripeApi,
    intent: &Value,
    call: &Call,
) -> Result<Vec<Retrieved>, ApiError> {
    let id = intent["id"].as_str().unwrap_or_default();
    let sessions = List::new(Resource::CheckoutSession).param("payment_intent", id);
    // Since 2025-03-31 the payments of invoices are objects of their own; before, the payment intent names its invoice.
    let payments = List::new(Resource::InvoicePayment)
        .param("payment[type]", "payment_intent")
        .param("payment[payment_intent]", id);
    let mut found = all(api, sessions, call).await?;
    let paid = all(api, payments, call).await?;
    let named = paid.iter().map(|payment| &payment.object["invoice"]).chain([&intent["invoice"]]);
    let invoices: Vec<String> = named.filter_map(Value::as_str).map(str::to_owned).collect();
    for invoice in invoices {
        found.push(retrieve(api, Resource::Invoice, &invoice, call).await?);
    }
    found.extend(paid);
    Ok(found)
}

/// The first page: there are no more of one payment. None where the API version has no such list.
async fn all(api: &StripeApi, list: List, call: &Call) -> Result<Vec<Retrieved>, ApiError> {
    match api.page(&list, call).await {
        Ok(page) => {
            let as_of = page.as_of;
            Ok(page.data.into_iter().map(|object| Retrieved { object, as_of }).collect())
        }
        Err(ApiError::NotFound { .. } | ApiError::InvalidRequest { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
