//! `POST /api/verify-payment`.

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::JsonObject;
use super::reply::{BadGateway, NotConfigured, NotFound, RateLimited, Reply, Unavailable};
use super::{OrdersCaller, resource};
use crate::common::error::ServiceError;
use crate::common::origin;
use crate::common::role::Role;
use crate::http::Console;
use crate::verification::service::{Asked, Question, Verification, Verifier};

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/verify-payment", "POST").route(web::post().to(verify)));
}

/// Which payment: by its payment intent or by its checkout session.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::api) struct VerifyPaymentBody {
    /// `pi_…`; either this or `checkoutSessionId`.
    #[serde(alias = "payment_intent_id")]
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^\x00-\x20\x7f-\x9f]*$")]
    payment_intent_id: Option<String>,
    /// `cs_…`; either this or `paymentIntentId`.
    #[serde(alias = "checkout_session_id")]
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^\x00-\x20\x7f-\x9f]*$")]
    checkout_session_id: Option<String>,
    /// The order that it is to have paid.
    #[serde(alias = "order_id")]
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$")]
    order_id: Option<String>,
    /// A connected account; the company's own by default.
    #[schema(max_length = 255, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$")]
    account: Option<String>,
}

impl VerifyPaymentBody {
    fn question(self) -> Result<Question, ServiceError> {
        let invalid = |message: &str| ServiceError::invalid("invalid_body", message);
        let asked = match (self.payment_intent_id, self.checkout_session_id) {
            (Some(id), None) => Asked::PaymentIntent(stripe_id(id)?),
            (None, Some(id)) => Asked::CheckoutSession(stripe_id(id)?),
            _ => return Err(invalid("give either paymentIntentId or checkoutSessionId")),
        };
        let order = self.order_id.map(|order| order.trim().to_owned());
        if order.as_ref().is_some_and(|order| order.is_empty() || order.chars().any(char::is_control)) {
            return Err(invalid("orderId takes 1 to 255 characters without control characters"));
        }
        let account = origin::account(self.account.as_deref().unwrap_or_default())?;
        Ok(Question { asked, order, account })
    }
}

fn stripe_id(id: String) -> Result<String, ServiceError> {
    let good = !id.is_empty() && id.len() <= 255 && !id.chars().any(|c| c.is_control() || c.is_whitespace());
    let wrong = || ServiceError::invalid("invalid_body", "an id takes 1 to 255 characters without spaces");
    good.then_some(id).ok_or_else(wrong)
}

/// Ask Stripe whether a payment is good; one that is paid and not recorded yet is recorded by it
#[utoipa::path(post, path = "/api/verify-payment", tag = "orders", request_body = VerifyPaymentBody,
    responses(Reply<Verification>, NotFound, RateLimited, NotConfigured, BadGateway, Unavailable))]
pub(in crate::api) async fn verify(
    caller: OrdersCaller,
    console: web::Data<Console>,
    body: JsonObject<VerifyPaymentBody>,
) -> Result<Reply<Verification>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let verifier = Verifier {
        pool: &console.pool,
        rules: &console.rules,
        replayer: &console.replayer,
        api: console.stripe_api.as_ref(),
        actor: &caller.0.actor,
    };
    Ok(Reply(verifier.verify(&body.0.question()?).await?))
}
