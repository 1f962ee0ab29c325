//! A customer's attempts to pay an order, as Stripe's events show them. Reads only.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde_json::Value;

use super::decline;
use crate::common::error::ServiceError;

pub(crate) const ATTEMPTS: &str = include_str!("sql/attempts.sql");

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttemptResult {
    Failed,
    Processing,
    Succeeded,
}

/// Types of events that report an attempt, and what each says of it.
const TYPES: [(&str, AttemptResult); 5] = [
    ("payment_intent.payment_failed", AttemptResult::Failed),
    ("charge.failed", AttemptResult::Failed),
    ("payment_intent.processing", AttemptResult::Processing),
    ("charge.pending", AttemptResult::Processing),
    ("charge.succeeded", AttemptResult::Succeeded),
];

/// An attempt to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// The event that reports it.
    pub(crate) event_id: String,
    pub(crate) result: AttemptResult,
    /// By Stripe's time.
    pub(crate) at: Timestamp,
    /// Why it was declined: the bank's code where it gave one, else Stripe's.
    pub(crate) code: Option<String>,
    /// `card`, `sepa_debit` …
    pub(crate) method: Option<String>,
    /// Of the card.
    pub(crate) brand: Option<String>,
    /// Personal: for those alone who may see it.
    pub(crate) last4: Option<String>,
}

impl Attempt {
    /// Reads the body of an event; none for a type that reports no attempt.
    pub(crate) fn read(event_id: &str, kind: &str, at: Timestamp, body: &Value) -> Option<Attempt> {
        let (_, result) = TYPES.iter().find(|(known, _)| *known == kind)?;
        let object = &body["data"]["object"];
        let error = &object["last_payment_error"];
        let details = [&error["payment_method"], &object["payment_method_details"]];
        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let method = details.iter().find_map(|details| text(&details["type"]));
        let only = object["payment_method_types"].as_array().filter(|types| types.len() == 1);
        let inner = |name: &str| {
            let of = |details: &&Value| method.as_deref().and_then(|method| text(&details[method][name]));
            details.iter().find_map(of)
        };
        let declined =
            [&error["decline_code"], &object["outcome"]["reason"], &error["code"], &object["failure_code"]];
        Some(Attempt {
            event_id: event_id.to_owned(),
            result: *result,
            at,
            code: declined.into_iter().find_map(text).filter(|_| *result == AttemptResult::Failed),
            brand: inner("brand"),
            last4: inner("last4"),
            method: method.or_else(|| only.and_then(|types| text(&types[0]))),
        })
    }

    /// `Visa ending in 4242`, `SEPA debit`; as far as it is known.
    pub(crate) fn paid_with(&self) -> Option<String> {
        let name = match &self.brand {
            Some(brand) => capitalized(brand),
            None => decline::method_name(self.method.as_deref()?),
        };
        Some(match &self.last4 {
            Some(last4) => format!("{name} ending in {last4}"),
            None => name,
        })
    }

    /// Why it was declined, in words and as Stripe spells it.
    pub(crate) fn declined(&self) -> Option<String> {
        let code = self.code.as_deref()?;
        Some(match decline::described(code) {
            Some(words) => format!("{words} ({code})"),
            None => code.to_owned(),
        })
    }
}

fn capitalized(brand: &str) -> String {
    let mut chars = brand.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The newest attempts to pay by these payments, the newest first. Of one attempt that a charge and its payment intent
/// both report, the one that says more.
pub(crate) async fn of_payments(
    client: &impl GenericClient,
    payments: &[String],
) -> Result<Vec<Attempt>, ServiceError> {
    if payments.is_empty() {
        return Ok(Vec::new());
    }
    let types: Vec<&str> = TYPES.iter().map(|(kind, _)| *kind).collect();
    let rows = client.query(ATTEMPTS, &[&payments, &types]).await?;
    let read = |row: &tokio_postgres::Row| {
        let body: Value = serde_json::from_str(row.get("payload")).ok()?;
        Attempt::read(row.get("id"), row.get("type"), row.get("created"), &body)
    };
    Ok(merged(rows.iter().filter_map(read).collect()))
}

fn merged(attempts: Vec<Attempt>) -> Vec<Attempt> {
    let mut kept: Vec<Attempt> = Vec::with_capacity(attempts.len());
    for attempt in attempts {
        let apart = |a: Timestamp, b: Timestamp| (a.as_second() - b.as_second()).abs();
        let same =
            kept.iter_mut().find(|known| known.result == attempt.result && apart(known.at, attempt.at) <= 2);
        match same {
            Some(known) => {
                known.code = known.code.take().or(attempt.code);
                known.method = known.method.take().or(attempt.method);
                known.brand = known.brand.take().or(attempt.brand);
                known.last4 = known.last4.take().or(attempt.last4);
            }
            None => kept.push(attempt),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Attempt, AttemptResult, merged};

    fn attempt(kind: &str, object: serde_json::Value) -> Attempt {
        Attempt::read("evt_1", kind, jiff::Timestamp::UNIX_EPOCH, &json!({"data": {"object": object}}))
            .unwrap()
    }

    #[test]
    fn a_declined_card_says_which_and_why() {
        // As in https://docs.stripe.com/api/payment_intents/object and .../errors.
        let failed = attempt(
            "payment_intent.payment_failed",
            json!({"last_payment_error": {"code": "card_declined", "decline_code": "insufficient_funds",
                "payment_method": {"type": "card", "card": {"brand": "visa", "last4": "9995"}}}}),
        );
        assert_eq!(failed.result, AttemptResult::Failed);
        assert_eq!(failed.paid_with().as_deref(), Some("Visa ending in 9995"));
        assert_eq!(
            failed.declined().as_deref(),
            Some("there was not enough money in the account (insufficient_funds)")
        );
        let charge = attempt(
            "charge.failed",
            json!({"failure_code": "card_declined", "outcome": {"reason": "made_up"},
                "payment_method_details": {"type": "card", "card": {"brand": "mastercard", "last4": "0002"}}}),
        );
        assert_eq!(charge.declined().as_deref(), Some("made_up"));
    }

    #[test]
    fn a_debit_names_its_method() {
        let pending = attempt("payment_intent.processing", json!({"payment_method_types": ["sepa_debit"]}));
        assert_eq!(pending.paid_with().as_deref(), Some("SEPA debit"));
        let several =
            attempt("payment_intent.processing", json!({"payment_method_types": ["card", "sepa_debit"]}));
        assert_eq!(several.paid_with(), None);
    }

    #[test]
    fn one_attempt_that_two_events_tell_is_shown_once() {
        let intent = attempt(
            "payment_intent.payment_failed",
            json!({"last_payment_error": {"decline_code": "expired_card"}}),
        );
        let charge = attempt(
            "charge.failed",
            json!({"payment_method_details": {"type": "card", "card": {"brand": "visa"}}}),
        );
        let both = merged(vec![intent, charge]);
        assert_eq!(both.len(), 1);
        assert_eq!((both[0].code.as_deref(), both[0].brand.as_deref()), (Some("expired_card"), Some("visa")));
    }
}
