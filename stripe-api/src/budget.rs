//! How many requests a second one process may make with its key.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::ApiError;
use crate::error::RequestId;

/// Stripe allows a live key 100 reads a second and a test key 25 (<https://docs.stripe.com/rate-limits>). Each process
/// takes a fifth by default: three workers and a console stay below, and leave the company's backend its share.
pub(crate) const LIVE_RATE: NonZeroU32 = NonZeroU32::new(20).unwrap();
pub(crate) const TEST_RATE: NonZeroU32 = NonZeroU32::new(5).unwrap();

/// When to ask again where too many wait.
const AGAIN: Duration = Duration::from_secs(5);

/// Shared by all clones of a client.
#[derive(Debug)]
pub(crate) struct Budget(DefaultDirectRateLimiter);

impl Budget {
    pub(crate) fn new(per_second: NonZeroU32) -> Self {
        Self(RateLimiter::direct(Quota::per_second(per_second)))
    }

    /// Waits until one more request may be made, at most so long.
    pub(crate) async fn request(&self, longest: Duration) -> Result<(), ApiError> {
        let limited = |_| ApiError::RateLimited { retry_after: Some(AGAIN), request: RequestId::default() };
        tokio::time::timeout(longest, self.0.until_ready()).await.map_err(limited)
    }
}
