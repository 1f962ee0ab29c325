//! Reading a body within limits: its size, its time, and the memory of all bodies together.
//!
//! The bytes are kept as they came. A compressed body is never unpacked: the signature is over what
//! was sent, and a small body that unpacks to a large one stays small.

use actix_web::dev::Payload;
use futures_util::StreamExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A body is believed to be as long as it says only up to here, before its bytes have come.
const BELIEVED: usize = 16 * 1024;

/// Why a body could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body did not arrive within {} ms", limit.as_millis())]
    TooSlow { limit: Duration },
    #[error("too many bodies at once; send it again")]
    NoRoom,
    #[error("the body ended early or is not framed as HTTP requires")]
    Broken,
}

/// The memory that bodies may take together.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    left: Arc<AtomicUsize>,
}

impl Room {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { left: Arc::new(AtomicUsize::new(bytes)) }
    }

    fn hold(&self) -> Held {
        Held { room: self.clone(), bytes: 0 }
    }
}

/// A share of the room, given back when dropped.
#[derive(Debug)]
pub(crate) struct Held {
    room: Room,
    bytes: usize,
}

impl Held {
    fn grow(&mut self, by: usize) -> Result<(), BodyError> {
        let take = |left: usize| left.checked_sub(by);
        match self.room.left.fetch_update(Ordering::AcqRel, Ordering::Relaxed, take) {
            Ok(_) => {
                self.bytes += by;
                Ok(())
            }
            Err(_) => Err(BodyError::NoRoom),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.left.fetch_add(self.bytes, Ordering::AcqRel);
    }
}

/// What a body may take.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) size: usize,
    pub(crate) time: Duration,
    pub(crate) room: Room,
}

/// Reads a whole body. `announced` is its Content-Length, if it has one.
pub(crate) async fn read(
    payload: &mut Payload,
    announced: Option<u64>,
    limits: &Limits,
) -> Result<(Vec<u8>, Held), BodyError> {
    let too_large = BodyError::TooLarge { limit: limits.size };
    let announced = usize::try_from(announced.unwrap_or(0)).unwrap_or(usize::MAX);
    if announced > limits.size {
        return Err(too_large);
    }
    let reading = async {
        let mut held = limits.room.hold();
        let mut body = Vec::with_capacity(announced.min(BELIEVED));
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| BodyError::Broken)?;
            if body.len() + chunk.len() > limits.size {
                return Err(too_large);
            }
            held.grow(chunk.len())?;
            body.extend_from_slice(&chunk);
        }
        Ok((body, held))
    };
    let too_slow = Err(BodyError::TooSlow { limit: limits.time });
    tokio::time::timeout(limits.time, reading).await.unwrap_or(too_slow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_back_and_never_overdrawn() {
        let room = Room::new(10);
        let mut first = room.hold();
        let mut second = room.hold();
        assert_eq!(first.grow(6), Ok(()));
        assert_eq!(second.grow(5), Err(BodyError::NoRoom));
        assert_eq!(second.grow(4), Ok(()));
        drop(first);
        assert_eq!(second.grow(6), Ok(()));
        drop(second);
        assert_eq!(room.hold().grow(10), Ok(()));
    }
}
