//! What is asked of Stripe about a payment: the payment intent, its checkout sessions, its newest charge and, where it
//! pays one, its invoice. All that an order may be named by.

use domain::fetched::{Fetched, FetchedEvent, Source};
use domain::origin::Origin;
use serde_json::Value;
use stripe_api::{ApiError, Call, DEFAULT_VERSION, List, Resource, Retrieved, StripeApi};

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// `pi_…`.
    PaymentIntent(String),
    /// `cs_…`.
    CheckoutSession(String),
}

/// A payment as Stripe's API shows it.
#[derive(Debug)]
pub(super) struct PaymentObjects {
    /// The id under which the payment is kept.
    pub(super) payment: String,
    pub(super) origin: Origin,
    /// Its objects as events.
    pub(super) events: Vec<FetchedEvent>,
    /// The payment intent, or the session where there is none.
    pub(super) main: Value,
}

/// Why nothing is known of a payment.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("Stripe's API cannot be read")]
    Api(#[from] ApiError),
    /// The session is of mode `subscription` or `setup`.
    #[error("the checkout session is no payment")]
    NotAPayment,
}

/// Reads all objects of a payment from an account (empty: the key's own).
pub(super) async fn objects(
    api: &StripeApi,
    asked: &Asked,
    account: &str,
) -> Result<PaymentObjects, FetchError> {
    let call = Call::default().account(account);
    let mut found = Vec::new();
    let intent = match asked {
        Asked::PaymentIntent(id) => id.clone(),
        Asked::CheckoutSession(id) => {
            let session = api.retrieve(Resource::CheckoutSession, id, &call).await?;
            if session.object["mode"] != "payment" {
                return Err(FetchError::NotAPayment);
            }
            let Some(intent) = id_of(&session.object["payment_intent"]) else {
                return Ok(PaymentObjects::new(id.clone(), account, session.object.clone(), &[session]));
            };
            intent
        }
    };
    let intent = api.retrieve(Resource::PaymentIntent, &intent, &call).await?;
    let (id, object) = (id_of(&intent.object).unwrap_or_default(), intent.object.clone());
    let sessions = List::new(Resource::CheckoutSession).param("payment_intent", &id);
    let charge = async {
        match id_of(&object["latest_charge"]) {
            Some(charge) => api.retrieve(Resource::Charge, &charge, &call).await.map(Some),
            None => Ok(None),
        }
    };
    let invoice = async {
        match id_of(&object["invoice"]) {
            Some(invoice) => api.invoice(&invoice, &call).await.map(Some),
            None => Ok(None),
        }
    };
    let (sessions, charge, invoice) = tokio::try_join!(api.page(&sessions, &call), charge, invoice)?;
    let as_of = sessions.as_of;
    found.extend(sessions.data.into_iter().map(|object| Retrieved { object, as_of }));
    found.push(intent);
    found.extend(charge);
    found.extend(invoice);
    Ok(PaymentObjects::new(id, account, object, &found))
}

/// An id, or that of an object in its place.
fn id_of(value: &Value) -> Option<String> {
    value.as_str().or_else(|| value["id"].as_str()).map(str::to_owned)
}

impl PaymentObjects {
    fn new(payment: String, account: &str, main: Value, found: &[Retrieved]) -> Self {
        let livemode = main["livemode"].as_bool().unwrap_or_default();
        let origin = Origin { account: account.to_owned(), livemode };
        let event = |found: &Retrieved| {
            let source = Source::VerifyPayment;
            let (object, as_of) = (&found.object, found.as_of);
            Fetched { object, origin: &origin, version: DEFAULT_VERSION, as_of, source }.event()
        };
        let events = found.iter().filter_map(event).collect();
        PaymentObjects { payment, origin, events, main }
    }
}
