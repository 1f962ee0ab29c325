//! Objects that Stripe's API returned, as events: they take the same way as webhooks and end in the same code.
//!
//! The type says so (`charge.fetched`), `created` is the last second whose changes are all in the object, and the id
//! is made of what was seen and when, so that one answer takes effect once. The member `sluicegate`, which no event of
//! Stripe's has, marks the object as an observation ([`Versioned`](crate::version::Versioned) ranks it).

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::origin::Origin;
use crate::version::digest;

/// The kinds of object that can be taken in: what `object` says in them, and the type of the event.
pub const TYPES: &[(&str, &str)] = &[
    ("payment_intent", "payment_intent.fetched"),
    ("charge", "charge.fetched"),
    ("checkout.session", "checkout.session.fetched"),
    ("refund", "refund.fetched"),
    ("dispute", "charge.dispute.fetched"),
    ("invoice", "invoice.fetched"),
    ("invoice_payment", "invoice_payment.fetched"),
    ("subscription", "customer.subscription.fetched"),
];

/// Why an object was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Somebody asked whether a payment is good.
    VerifyPayment,
    /// Its events did not prove its newest version, or left out what was needed.
    Doubt,
    /// A thin event named it.
    ThinEvent,
    /// Stripe reported that it had failed to make an event of it.
    LostEvent,
    /// The history of an existing account is taken in.
    Backfill,
    /// The same, and the messages that it calls for are not sent.
    QuietBackfill,
    /// The database was compared with Stripe.
    Drift,
}

/// The source of events whose messages are not sent.
pub(crate) const QUIET_BACKFILL: &str = "quiet_backfill";

impl Source {
    /// The value that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyPayment => "verify_payment",
            Self::Doubt => "doubt",
            Self::ThinEvent => "thin_event",
            Self::LostEvent => "lost_event",
            Self::Backfill => "backfill",
            Self::QuietBackfill => QUIET_BACKFILL,
            Self::Drift => "drift",
        }
    }
}

/// An object as Stripe's API returned it.
#[derive(Debug, Clone, Copy)]
pub struct Fetched<'a> {
    /// The object, whole.
    pub object: &'a Value,
    /// The account and mode that it was asked of.
    pub origin: &'a Origin,
    /// The API version that shaped it.
    pub version: &'a str,
    /// Unix seconds by Stripe's clock: every change of this second and of those before is in the object.
    pub as_of: i64,
    /// Why it was fetched.
    pub source: Source,
}

/// An event as a worker takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedEvent {
    /// `evt_fetched_…`, the same for the same answer.
    pub id: String,
    /// One of [`TYPES`], or what a thin event said.
    pub kind: String,
    /// The JSON.
    pub body: Vec<u8>,
}

impl Fetched<'_> {
    /// The event that takes the object in; none for a kind of object that nothing is known of.
    #[must_use]
    pub fn event(&self) -> Option<FetchedEvent> {
        let object = self.object["object"].as_str()?;
        let (_, kind) = TYPES.iter().find(|(of, _)| *of == object)?;
        Some(self.as_event(&self.id(kind)?, kind))
    }

    /// The event of a given id and type that has the object: for what a thin event said.
    #[must_use]
    pub fn as_event(&self, id: &str, kind: &str) -> FetchedEvent {
        let account = Some(&self.origin.account).filter(|account| !account.is_empty());
        let mut body = json!({
            "id": id, "object": "event", "type": kind, "created": self.as_of, "livemode": self.origin.livemode,
            "api_version": self.version, "request": null, "data": {"object": self.object},
            "sluicegate": {"source": self.source.as_str()},
        });
        if let Some(account) = account {
            body["account"] = account.as_str().into();
        }
        FetchedEvent { id: id.to_owned(), kind: kind.to_owned(), body: body.to_string().into_bytes() }
    }

    fn id(&self, kind: &str) -> Option<String> {
        let (id, origin) = (self.object["id"].as_str()?, self.origin);
        let seen = digest(self.object);
        let text = format!("{}\n{}\n{kind}\n{id}\n{seen}\n{}", origin.account, origin.livemode, self.as_of);
        Some(format!("evt_fetched_{}", hex::encode(&Sha256::digest(text)[..12])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    fn fetched(object: &Value, as_of: i64) -> FetchedEvent {
        let origin = Origin { account: "acct_1".to_owned(), livemode: true };
        let source = Source::VerifyPayment;
        Fetched { object, origin: &origin, version: "2025-02-24.acacia", as_of, source }.event().unwrap()
    }

    #[test]
    fn one_answer_is_one_event_and_another_moment_is_another() {
        let object = json!({"object": "charge", "id": "ch_1", "status": "succeeded"});
        let event = fetched(&object, 1_790_000_000);
        assert_eq!(event, fetched(&object, 1_790_000_000));
        assert_ne!(event.id, fetched(&object, 1_790_000_001).id);
        let other = json!({"object": "charge", "id": "ch_1", "status": "failed"});
        assert_ne!(event.id, fetched(&other, 1_790_000_000).id);
    }

    #[test]
    fn the_event_is_read_as_an_observation_of_its_account_and_mode() {
        let object = json!({"object": "dispute", "id": "dp_1"});
        let event = Event::parse(&fetched(&object, 1_790_000_000).body).unwrap();
        assert_eq!(
            (event.kind.as_str(), event.observed, event.livemode),
            ("charge.dispute.fetched", true, true)
        );
        assert_eq!((event.account.as_deref(), event.created), (Some("acct_1"), 1_790_000_000));
        assert_eq!(event.object, object);
    }

    #[test]
    fn every_type_has_a_handler() {
        let handled =
            |kind| crate::handlers::HANDLERS.iter().any(|h| h.types.iter().any(|(t, _)| *t == kind));
        assert!(TYPES.iter().all(|(_, kind)| handled(*kind)));
        let other = json!({"object": "customer", "id": "cus_1"});
        let (origin, source) = (Origin::default(), Source::Doubt);
        let fetched = Fetched { object: &other, origin: &origin, version: "x", as_of: 1, source };
        assert_eq!(fetched.event(), None);
    }
}
