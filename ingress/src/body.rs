//! Reading a body within limits: its size, its time, and the memory of all bodies together.
//!
//! The bytes are kept as they came. A compressed body is never unpacked: the signature is over what
//! was sent, and a small body that unpacks to a large one stays small.

use actix_web::dev::Payload;
use futures_util::StreamExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Memory is allocated ahead for an announced length only up to here.
const PREALLOCATED: usize = 16 * 1024;

/// Why a body could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body did not arrive within {} ms", limit.as_millis())]
    TooSlow { limit: Duration },
    #[error("too many bodies at once; send it again")]
    OverBudget,
    #[error("the body ended early or is not framed as HTTP requires")]
    Broken,
}

/// The memory that bodies may take together.
#[derive(Debug, Clone)]
pub(crate) struct MemoryBudget {
    left: Arc<AtomicUsize>,
}

impl MemoryBudget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { left: Arc::new(AtomicUsize::new(bytes)) }
    }

    fn reserve(&self) -> Reservation {
        Reservation { budget: self.clone(), bytes: 0 }
    }
}

/// A share of the budget, released when dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    budget: MemoryBudget,
    bytes: usize,
}

impl Reservation {
    fn grow(&mut self, by: usize) -> Result<(), BodyError> {
        let take = |left: usize| left.checked_sub(by);
        match self.budget.left.fetch_update(Ordering::AcqRel, Ordering::Relaxed, take) {
            Ok(_) => {
                self.bytes += by;
                Ok(())
            }
            Err(_) => Err(BodyError::OverBudget),
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.left.fetch_add(self.bytes, Ordering::AcqRel);
    }
}

/// What a body may take.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) size: usize,
    pub(crate) time: Duration,
    pub(crate) budget: MemoryBudget,
}

/// Reads a whole body. `announced` is its Content-Length, if it has one.
pub(crate) async fn read(
    payload: &mut Payload,
    announced: Option<u64>,
    limits: &Limits,
) -> Result<(Vec<u8>, Reservation), BodyError> {
    let too_large = BodyError::TooLarge { limit: limits.size };
    let announced = usize::try_from(announced.unwrap_or(0)).unwrap_or(usize::MAX);
    if announced > limits.size {
        return Err(too_large);
    }
    let reading = async {
        let mut reserved = limits.budget.reserve();
        let mut body = Vec::with_capacity(announced.min(PREALLOCATED));
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| BodyError::Broken)?;
            if body.len() + chunk.len() > limits.size {
                return Err(too_large);
            }
            reserved.grow(chunk.len())?;
            body.extend_from_slice(&chunk);
        }
        Ok((body, reserved))
    };
    let too_slow = Err(BodyError::TooSlow { limit: limits.time });
    tokio::time::timeout(limits.time, reading).await.unwrap_or(too_slow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_released_and_never_overdrawn() {
        let budget = MemoryBudget::new(10);
        let mut first = budget.reserve();
        let mut second = budget.reserve();
        assert_eq!(first.grow(6), Ok(()));
        assert_eq!(second.grow(5), Err(BodyError::OverBudget));
        assert_eq!(second.grow(4), Ok(()));
        drop(first);
        assert_eq!(second.grow(6), Ok(()));
        drop(second);
        assert_eq!(budget.reserve().grow(10), Ok(()));
    }
}
