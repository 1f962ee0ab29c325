//! A client for the few calls of Stripe's API that Sluicegate needs. All of them read; nothing is ever changed at Stripe.
//!
//! Objects come back as the JSON that Stripe sent, for the same views that read webhooks. Calls are retried on 429, 5xx
//! and broken connections, wait as `Retry-After` says, and share one budget of requests per second for each process.
//! Nothing here decides what an object means, and no body and no key is ever logged.
//!
//! ```no_run
//! # async fn example(settings: stripe_api::ApiSettings) -> Result<(), Box<dyn std::error::Error>> {
//! use futures_util::TryStreamExt as _;
//! use stripe_api::{Call, List, Resource, StripeApi};
//!
//! let api = StripeApi::new(&settings)?;
//! let intent = api.retrieve(Resource::PaymentIntent, "pi_1", &Call::default()).await?;
//! println!("{} as of {}", intent.object["status"], intent.as_of);
//! let invoice = api.invoice("in_1", &Call::default().account("acct_1")).await?; // with all of its lines
//! let since = List::new(Resource::Event).param("created[gte]", 1_790_000_000).param("type", "charge.refunded");
//! let mut pages = std::pin::pin!(api.pages(since, Call::default()));
//! while let Some(page) = pages.try_next().await? {
//!     println!("{} events, the oldest is {:?}", page.data.len(), page.last_id());
//! }
//! # Ok(()) }
//! ```

mod budget;
mod client;
mod error;
mod list;
mod read;
mod resource;
mod retry;
pub mod settings;

pub use client::{Call, ClientError, DEFAULT_VERSION, StripeApi};
pub use error::ApiError;
pub use list::{List, MAX_PAGE, Page};
pub use read::Retrieved;
pub use resource::Resource;
pub use retry::RetryPolicy;
pub use settings::{ApiSettings, StripeApiArgs};
