//! Asks Stripe's API for what events leave out: the objects of thin events, objects in doubt, and what may explain why a
//! payment is held.
//!
//! Always outside a transaction. What comes back takes the same way as a webhook ([`domain::fetched`]).

mod doubts;
mod held;
mod thin;

pub(crate) use doubts::DoubtFetcher;
pub(crate) use thin::ThinEvents;

use stripe_api::{ApiError, Call, Resource, Retrieved, StripeApi};

/// The object of this kind and id; an invoice with all of its lines.
async fn retrieve(api: &StripeApi, resource: Resource, id: &str, call: &Call) -> Result<Retrieved, ApiError> {
    match resource {
        Resource::Invoice => api.invoice(id, call).await,
        _ => api.retrieve(resource, id, call).await,
    }
}
