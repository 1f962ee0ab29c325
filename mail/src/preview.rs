//! Samples of every kind, to check templates and to look at them.

use serde_json::{Value, json};

use crate::kind::Kind;
use crate::locale::Locale;
use crate::outgoing::Outgoing;
use crate::recipient::Contact;
use crate::values::{Values, values};

/// Who sends the samples.
pub const SENDER: &str = "Example Shop";

/// 2026-12-10T12:00:00Z.
const SOON: i64 = 1_796_904_000;

/// The values of a kind, first with everything that there can be, then with as little.
#[must_use]
pub fn samples(kind: Kind, locale: Locale) -> Vec<Values> {
    let contact =
        Contact { pay_url: Some("https://invoice.stripe.com/i/sample".to_owned()), ..Contact::default() };
    let sample = |topic: &&'static str, data: Value, contact: &Contact| {
        let message = Outgoing { topic: (*topic).to_owned(), account: String::new(), livemode: true, data };
        values(kind, &message, contact, locale)
    };
    let full = kind.topics().iter().map(|topic| sample(topic, full(kind), &contact));
    let sparse = kind.topics().iter().map(|topic| sample(topic, sparse(kind), &Contact::default()));
    full.chain(sparse).collect()
}

fn full(kind: Kind) -> Value {
    let mut data = sparse(kind);
    let more = match kind {
        Kind::OrderConfirmation => json!({"products": "prod_a,prod_b"}),
        Kind::RefundNotice => json!({"order": "order_17"}),
        Kind::PaymentFailed => json!({"next_payment_attempt": SOON, "order": "order_17"}),
        Kind::TrialEnding => json!({}),
        Kind::DisputeOpened => json!({
            "order": "order_17", "customer": "cus_9s6XKzkNRiz8i3", "reason": "fraudulent", "evidence_due_by": SOON,
        }),
        Kind::PaymentHeld => {
            json!({"amount": 1999, "currency": "eur", "payment_customer": "cus_9s6XKzkNRiz8i3"})
        }
        Kind::DeadLetters => json!({"first_at": SOON - 3600, "last_at": SOON}),
        Kind::DeliveryFailed => {
            json!({"paused": true, "paused_until": SOON, "error": "answered 500"})
        }
    };
    if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
        data.extend(more);
    }
    data
}

/// What a message of the kind always has.
fn sparse(kind: Kind) -> Value {
    match kind {
        Kind::OrderConfirmation => json!({"order": "order_17", "amount_paid": 123_450, "currency": "eur"}),
        Kind::RefundNotice => {
            json!({"refund": "re_1Nispe2eZvKYlo2Cd31jOCgZ", "amount": 1999, "currency": "eur"})
        }
        Kind::PaymentFailed => {
            json!({"invoice": "in_1MtHbELkdIwHu7ixl4OzzPMv", "amount_due": 1500, "currency": "eur"})
        }
        Kind::TrialEnding => json!({"subscription": "sub_1MowQVLkdIwHu7ixeRlqHVzs", "trial_end": SOON}),
        Kind::DisputeOpened => json!({
            "dispute": "dp_1MtJUT2eZvKYlo2CNaw2HvEv", "payment": "pi_3MtwBwLkdIwHu7ix28a3tqPa", "amount": 1999,
            "currency": "eur",
        }),
        Kind::PaymentHeld => json!({
            "payment": "pi_3MtwBwLkdIwHu7ix28a3tqPa", "order": "order_17", "held": "amount_mismatch",
            "payment_amount": 999, "payment_currency": "eur",
        }),
        Kind::DeadLetters => json!({
            "fingerprint": "5b0f0e6c1a2d", "event_type": "charge.refunded", "reason": "missing_field", "count": 3,
        }),
        Kind::DeliveryFailed => json!({"destination": "http", "paused": false, "count": 2}),
    }
}
