//! A Stripe event as the handlers see it: the envelope, the object, and what the object was before.

use serde::Deserialize;
use serde_json::{Map, Value};
use stripe::envelope::without_byte_order_mark;

use super::fetched::QUIET_BACKFILL;
use super::origin::Origin;
use super::rejection::{Reason, Rejection};
use super::version::{Delta, Rank, before, digest};

/// An event whose envelope has been read. The object inside is still untyped.
#[derive(Debug, Clone)]
pub struct Event {
    /// The event's id, `evt_…`.
    pub id: String,
    /// Stripe's `type`, such as `charge.refunded`.
    pub kind: String,
    /// When Stripe made the event, in unix seconds.
    pub created: i64,
    /// False for test mode.
    pub livemode: bool,
    /// The connected account, on Connect.
    pub account: Option<String>,
    /// Informative: the shape of the object decides.
    pub api_version: Option<String>,
    /// The API request behind the change, where Stripe names one.
    pub request: Option<String>,
    /// `object` is `v2.core.event`: a thin event, which carries no object.
    pub thin: bool,
    /// Its object is what Stripe's API showed by `created`, not what an event said: see
    /// [`fetched`](crate::fetched).
    pub observed: bool,
    /// The messages that it calls for are not sent: the history of an existing account is taken in.
    pub quiet: bool,
    /// The object after the change, `data.object`.
    pub object: Value,
    /// What the change replaced, `data.previous_attributes`; none unless the event is an update.
    pub previous: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Body {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    created: Value,
    #[serde(default)]
    object: Option<Value>,
    #[serde(default)]
    livemode: Option<bool>,
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    api_version: Option<String>,
    #[serde(default)]
    request: Value,
    #[serde(default)]
    data: Option<Data>,
    #[serde(default)]
    related_object: Option<Value>,
    #[serde(default)]
    snapshot_event: Value,
    #[serde(default)]
    context: Option<String>,
    #[serde(default)]
    sluicegate: Option<Value>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    object: Value,
    #[serde(default)]
    previous_attributes: Option<Value>,
}

impl Event {
    /// Reads a body as the ingress let it in.
    ///
    /// # Errors
    /// [`Reason::MalformedEvent`] when it is no JSON object with `id`, `type` and `created`.
    pub fn parse(body: &[u8]) -> Result<Self, Rejection> {
        let malformed = |detail: String| Rejection::permanent(Reason::MalformedEvent, detail);
        let body: Body =
            serde_json::from_slice(without_byte_order_mark(body)).map_err(|e| malformed(e.to_string()))?;
        let thin = body.object.as_ref().and_then(Value::as_str) == Some("v2.core.event");
        let created = match &body.created {
            Value::String(date) if thin => {
                date.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
            }
            other => other.as_i64(),
        };
        let (object, previous) = match body.data {
            Some(data) => (data.object, data.previous_attributes),
            None => (body.related_object.unwrap_or(Value::Null), None),
        };
        let created = created.filter(|seconds| jiff::Timestamp::from_second(*seconds).is_ok());
        // One change that a snapshot event and a thin one report takes effect once: under the snapshot's id.
        let snapshot = id_of(&body.snapshot_event).filter(|_| thin);
        let account = body.account.or_else(|| body.context.as_deref().filter(|_| thin).map(innermost));
        Ok(Self {
            created: created.ok_or_else(|| malformed("`created` is no point in time".to_owned()))?,
            id: snapshot.unwrap_or(body.id),
            kind: body.kind,
            livemode: body.livemode.unwrap_or(false),
            account,
            api_version: body.api_version,
            request: request_id(&body.request),
            thin,
            observed: body.sluicegate.is_some(),
            quiet: body.sluicegate.is_some_and(|own| own["source"] == QUIET_BACKFILL),
            object,
            previous: previous
                .and_then(|value| if let Value::Object(map) = value { Some(map) } else { None }),
        })
    }

    /// The account and mode that it belongs to.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin { account: self.account.clone().unwrap_or_default(), livemode: self.livemode }
    }

    /// The id of the object inside, where it has one.
    #[must_use]
    pub fn object_id(&self) -> Option<&str> {
        self.object.get("id").and_then(Value::as_str)
    }

    /// What this event says about the version of its object.
    pub fn delta<T>(&self, view: T, rank: Rank, is_terminal: bool) -> Delta<T> {
        Delta {
            event: self.id.clone(),
            kind: self.kind.clone(),
            request: self.request.clone(),
            created: self.created,
            before: self.previous.as_ref().map(|previous| digest(&before(&self.object, previous))),
            after: digest(&self.object),
            is_creation: self.kind.ends_with(".created") && !self.observed,
            is_terminal,
            is_observation: self.observed,
            rank,
            view: Some(view),
        }
    }

    /// What this event says about an object that stands inside its own object, such as the refunds of a
    /// charge before 2022-11-15: that the state `inner` was visited.
    pub fn visit<T>(&self, inner: &str, state: &Value, view: T, rank: Rank, is_terminal: bool) -> Delta<T> {
        Delta {
            event: format!("{}/{inner}", self.id),
            kind: self.kind.clone(),
            request: self.request.clone(),
            created: self.created,
            before: None,
            after: digest(state),
            is_creation: false,
            is_terminal,
            is_observation: self.observed,
            rank,
            view: Some(view),
        }
    }
}

/// An id, or that of an object in its place.
fn id_of(value: &Value) -> Option<String> {
    value.get("id").unwrap_or(value).as_str().map(str::to_owned)
}

/// The account of a context: of several, the last (<https://docs.stripe.com/context>).
fn innermost(context: &str) -> String {
    context.rsplit('/').next().unwrap_or(context).to_owned()
}

/// `request` is `{"id":…}` since 2017-05-25 and was the id itself before.
fn request_id(request: &Value) -> Option<String> {
    id_of(request)
}
