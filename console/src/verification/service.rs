//! Verifies a payment: asks Stripe, lets the workers' code decide, and takes in what they do not know.

use domain::rules::Rules;
use serde::Serialize;
use service::error::chain;
use stripe_api::{ApiError, RetryPolicy, StripeApi};
use utoipa::ToSchema;

pub(crate) use super::fetch::Asked;
use super::fetch::{self, FetchError, PaymentObjects};
use super::intake::take_in;
use super::reason::{Reason, reasons};
use super::store::{self, Standing};
use crate::audit::action::{AuditAction, Subject};
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::dead_letters::replay::Replayer;
use crate::orders::status::PaymentStatus;

/// A question about a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) asked: Asked,
    /// The order that it is to have paid.
    pub(crate) order: Option<String>,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
}

/// Whether a payment is good.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Verification {
    /// It is paid, and counts for the order that was asked for.
    pub(crate) verified: bool,
    /// What speaks against it.
    pub(crate) reasons: Vec<Reason>,
    pub(crate) payment: VerifiedPayment,
}

/// A payment and whether it is recorded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerifiedPayment {
    #[serde(flatten)]
    pub(crate) standing: Standing,
    /// The database has it so. False while it is not paid and no event has come, or while the workers are late: what
    /// is paid they will have.
    pub(crate) recorded: bool,
}

/// What a verification needs.
pub(crate) struct Verifier<'a> {
    pub(crate) pool: &'a deadpool_postgres::Pool,
    pub(crate) rules: &'a Rules,
    pub(crate) replayer: &'a Replayer,
    /// None: no API key is set.
    pub(crate) api: Option<&'a StripeApi>,
    /// Who asks.
    pub(crate) actor: &'a Actor,
}

impl Verifier<'_> {
    /// Answers a question.
    pub(crate) async fn verify(&self, question: &Question) -> Result<Verification, ServiceError> {
        let api = self.api.ok_or_else(|| ServiceError::NotConfigured {
            code: "no_api_key",
            message: "STRIPE_API_KEY is not set: payments cannot be asked for at Stripe".to_owned(),
        })?;
        let api = api.with_policy(RetryPolicy::PROMPT);
        let found = fetch::objects(&api, &question.asked, &question.account).await;
        let found = found.map_err(|error| failure(&error, &question.asked))?;
        if self.rules.livemode.is_some_and(|mode| mode != found.origin.livemode) {
            return self.audited(of_other_mode(&found)).await;
        }
        let (standing, recorded) = self.standing(&found).await?;
        let registered = match &question.order {
            Some(order) => store::registered(&self.pool.get().await?, order).await?,
            None => Vec::new(),
        };
        let reasons = reasons(&standing, question.order.as_deref(), &registered);
        let payment = VerifiedPayment { standing, recorded };
        self.audited(Verification { verified: reasons.is_empty(), reasons, payment }).await
    }

    /// The answer, once the audit says who got it. It names the payment and no person.
    async fn audited(&self, answer: Verification) -> Result<Verification, ServiceError> {
        let subject = Subject::Payment(&answer.payment.standing.id);
        let result = match answer.reasons.as_slice() {
            [] => "verified".to_owned(),
            reasons => reasons.iter().map(|reason| reason.as_str()).collect::<Vec<_>>().join(", "),
        };
        let client = self.pool.get().await?;
        audit::append(&client, self.actor, AuditAction::PaymentVerify, &subject, &result).await?;
        Ok(answer)
    }

    /// Where the payment stands with what Stripe says, and whether the database has it so.
    async fn standing(&self, found: &PaymentObjects) -> Result<(Standing, bool), ServiceError> {
        let bodies = found.events.iter().map(|event| event.body.clone()).collect();
        let payment = found.payment.as_str();
        let look = async |tx: &deadpool_postgres::Transaction<'_>| Ok(store::standing(tx, payment).await?);
        let done = worker::rehearse(self.pool, bodies, self.rules, look).await?;
        if let Some(rejection) = done.rejected {
            return Err(unusable(&rejection.to_string()));
        }
        let after = done.after.ok_or_else(|| unusable("it holds no payment"))?;
        if done.before.as_ref() == Some(&after) {
            return Ok((after, true));
        }
        // What is not paid may still become anything; its events will show what.
        if after.status != PaymentStatus::Paid {
            return Ok((after, false));
        }
        let (broker, publisher) = self.replayer.servers();
        if !take_in(self.pool, broker, publisher, &found.events).await? {
            return Ok((after, false));
        }
        let committed = store::standing(&self.pool.get().await?, payment).await?;
        let recorded = committed.is_some();
        Ok((committed.unwrap_or(after), recorded))
    }
}

fn unusable(why: &str) -> ServiceError {
    ServiceError::BadGateway {
        code: "stripe_malformed",
        message: format!("Stripe's answer cannot be used: {why}"),
        retry_after: None,
    }
}

fn failure(error: &FetchError, asked: &Asked) -> ServiceError {
    let (FetchError::Api(error), text) = (error, chain(error)) else {
        return ServiceError::invalid(
            "not_a_payment",
            "the checkout session is no payment: its mode is another",
        );
    };
    let retry_after = error.retry_after().map_or(5, |wait| wait.as_secs().max(1));
    match error {
        ApiError::NotFound { .. } => ServiceError::NotFound(match asked {
            Asked::PaymentIntent(id) => format!("payment intent {id}"),
            Asked::CheckoutSession(id) => format!("checkout session {id}"),
        }),
        ApiError::RateLimited { .. } => ServiceError::RateLimited { message: text, retry_after },
        ApiError::Unavailable { .. } => ServiceError::BadGateway {
            code: "stripe_unavailable",
            message: text,
            retry_after: Some(retry_after),
        },
        ApiError::Malformed { .. } => ServiceError::BadGateway {
            code: "stripe_malformed",
            message: text,
            retry_after: Some(retry_after),
        },
        ApiError::Unauthorized { .. } => {
            ServiceError::BadGateway { code: "stripe_unauthorized", message: text, retry_after: None }
        }
        ApiError::InvalidRequest { .. } => {
            ServiceError::BadGateway { code: "stripe_refused", message: text, retry_after: None }
        }
    }
}

/// Its events are ignored, so that the workers say nothing of it.
fn of_other_mode(found: &PaymentObjects) -> Verification {
    let text = |name: &str| found.main[name].as_str().map(str::to_owned);
    let number = |name: &str| found.main[name].as_i64();
    let paid = found.main["status"] == "succeeded" || found.main["payment_status"] == "paid";
    let amount = number("amount").or_else(|| number("amount_total"));
    let standing = Standing {
        id: found.payment.clone(),
        account: found.origin.account.clone(),
        livemode: found.origin.livemode,
        order_id: None,
        order_status: None,
        customer: text("customer"),
        currency: text("currency"),
        amount,
        amount_paid: if paid { number("amount_received").or(amount).unwrap_or_default() } else { 0 },
        amount_refunded: 0,
        amount_disputed: 0,
        status: if paid { PaymentStatus::Paid } else { PaymentStatus::Pending },
        held_reason: None,
        dispute: None,
    };
    let payment = VerifiedPayment { standing, recorded: false };
    Verification { verified: false, reasons: vec![Reason::ModeMismatch], payment }
}
