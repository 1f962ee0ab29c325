//! The client: one key, one budget, many calls.

use std::sync::Arc;

use backon::Retryable as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::budget::Budget;
use crate::read::{self, Retrieved};
use crate::{ApiError, ApiSettings, Resource, RetryPolicy};

/// The shape of objects that no event has asked for. The last version before an invoice lost its payment intent and its
/// charge, and a subscription its period: the views read every version, and this one joins objects by itself.
pub const DEFAULT_VERSION: &str = "2025-02-24.acacia";

/// Why there is no client.
#[derive(Debug, Error)]
pub enum ClientError {
    /// rustls refuses its own defaults.
    #[error("cannot set up TLS for Stripe's API")]
    Tls(#[from] rustls::Error),
    /// The HTTP client cannot be set up.
    #[error("cannot set up the client of Stripe's API")]
    Client(#[from] reqwest::Error),
    /// The key cannot stand in a header.
    #[error("the API key cannot stand in a header")]
    Key(#[from] InvalidHeaderValue),
}

/// In whose name a call is made, and in which shape its objects come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    account: Option<String>,
    version: Option<String>,
}

impl Call {
    /// On behalf of a connected account; an empty one is the key's own.
    #[must_use]
    pub fn account(self, account: &str) -> Self {
        Self { account: (!account.is_empty()).then(|| account.to_owned()), ..self }
    }

    /// In the shape of this API version, such as that of the event which raised the question; else [`DEFAULT_VERSION`].
    #[must_use]
    pub fn version(self, version: Option<&str>) -> Self {
        Self { version: version.map(str::to_owned), ..self }
    }

    /// The headers; one that cannot stand in a header names no account and no version of Stripe's.
    fn headers(&self, path: &str) -> Result<HeaderMap, ApiError> {
        let value = |text: &str, problem| {
            HeaderValue::from_str(text)
                .map_err(|_| ApiError::Malformed { problem, request: Default::default() })
        };
        let version = self.version.as_deref().unwrap_or(DEFAULT_VERSION);
        let mut headers = HeaderMap::new();
        headers
            .insert(HeaderName::from_static("stripe-version"), value(version, "its API version is not one")?);
        if let Some(account) = &self.account {
            // API v2 names the account otherwise: https://docs.stripe.com/api-v2-overview
            let name = if path.starts_with("/v2/") { "stripe-context" } else { "stripe-account" };
            headers.insert(HeaderName::from_static(name), value(account, "its account is not one")?);
        }
        Ok(headers)
    }
}

/// The client. Clones share the connections and the budget.
#[derive(Debug, Clone)]
pub struct StripeApi {
    shared: Arc<Shared>,
    policy: RetryPolicy,
}

#[derive(Debug)]
struct Shared {
    http: Client,
    base: Url,
    authorization: HeaderValue,
    budget: Budget,
}

impl StripeApi {
    /// A client with a budget of its own, patient ([`RetryPolicy::PATIENT`]). Make one for each process.
    ///
    /// # Errors
    /// [`ClientError`] when the machine's TLS or the key cannot be used.
    pub fn new(settings: &ApiSettings) -> Result<Self, ClientError> {
        let shared = Shared {
            http: http_client::builder(settings.timeout)?.build()?,
            base: settings.base.clone(),
            authorization: authorization(&settings.key)?,
            budget: Budget::new(settings.rate),
        };
        Ok(Self { shared: Arc::new(shared), policy: RetryPolicy::PATIENT })
    }

    /// The same client with another patience.
    #[must_use]
    pub fn with_policy(&self, policy: RetryPolicy) -> Self {
        Self { shared: Arc::clone(&self.shared), policy }
    }

    /// One object.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::NotFound`] where there is none of this id.
    pub async fn retrieve(&self, resource: Resource, id: &str, call: &Call) -> Result<Retrieved, ApiError> {
        if id.is_empty() {
            // The path would be that of the list.
            return Err(ApiError::NotFound { request: Default::default() });
        }
        // An id from outside must not become another path.
        let id = utf8_percent_encode(id, NON_ALPHANUMERIC).to_string().replace("%5F", "_");
        self.get(&format!("{}/{id}", resource.path()), &[], call).await
    }

    /// The object at a path of the API, with its parameters.
    pub(crate) async fn get(
        &self,
        path: &str,
        params: &[(String, String)],
        call: &Call,
    ) -> Result<Retrieved, ApiError> {
        let mut url = self.shared.base.clone();
        url.set_path(path);
        if !params.is_empty() {
            url.query_pairs_mut().extend_pairs(params);
        }
        let headers = call.headers(path)?;
        let policy = self.policy;
        let attempt = || async {
            self.shared.budget.request(policy.longest_queue).await?;
            let request = self.shared.http.get(url.clone()).headers(headers.clone());
            let request = request.header(reqwest::header::AUTHORIZATION, self.shared.authorization.clone());
            read::send(request).await
        };
        let answer = attempt.retry(policy.backoff()).when(ApiError::may_pass);
        let answer = answer.adjust(|error, planned| policy.pause(error, planned));
        let answer = answer.notify(|error, pause| {
            tracing::debug!(path, error = service::error::chain(error), ?pause, "calling Stripe again");
        });
        let answer = answer.await;
        let outcome = answer.as_ref().map_or_else(ApiError::as_str, |_| "ok");
        metrics::counter!("sluicegate_stripe_api_calls_total", "outcome" => outcome).increment(1);
        answer
    }
}

fn authorization(key: &SecretString) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret()))?;
    value.set_sensitive(true);
    Ok(value)
}
