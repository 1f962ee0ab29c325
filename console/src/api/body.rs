//! The body of a request: a JSON object. Serde would take an array of a struct's members, too, in the order of
//! their declaration: nobody means that.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::web::Json;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::common::error::ServiceError;

/// A client that never ends its body must not keep a connection for ever.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A JSON object that is a `T`.
pub(super) struct JsonObject<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest for JsonObject<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let object = Json::<Map<String, Value>>::from_request(request, payload);
        Box::pin(async move {
            let too_slow = |_| ServiceError::invalid("body_too_slow", "the body did not arrive in time");
            let object = tokio::time::timeout(BODY_TIMEOUT, object).await.map_err(too_slow)??.into_inner();
            let read = serde_json::from_value(Value::Object(object));
            let wrong = |e| ServiceError::invalid("invalid_body", format!("the body is wrong: {e}"));
            Ok(JsonObject(read.map_err(wrong)?))
        })
    }
}

/// Why something is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonBody {
    /// Kept in the audit. 1 to 1000 characters that are not all blank.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S")]
    pub(super) reason: String,
}

/// A member of a body that is an object, too.
pub(super) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<T, D::Error> {
    let object = Map::<String, Value>::deserialize(from)?;
    serde_json::from_value(Value::Object(object)).map_err(D::Error::custom)
}
