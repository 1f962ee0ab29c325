//! How long a request waits for a change, as an address says it.

use std::time::Duration;

use crate::common::error::ServiceError;
use crate::orders::status::OrderStatus;

/// The longest wait, in seconds. Shorter than what proxies and clients give up after.
const LONGEST: u64 = 30;

/// A wait for another status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait {
    /// How long at most.
    pub(crate) time: Duration,
    /// The status that the caller knows; none: whatever it is when the request arrives.
    pub(crate) from: Option<OrderStatus>,
}

impl Wait {
    /// From `20s` or `20`.
    pub(crate) fn parse(time: &str, from: Option<OrderStatus>) -> Result<Wait, ServiceError> {
        let seconds = time.strip_suffix('s').unwrap_or(time);
        let digits = !seconds.is_empty() && seconds.bytes().all(|b| b.is_ascii_digit());
        match seconds.parse() {
            Ok(seconds) if digits && seconds <= LONGEST => {
                Ok(Wait { time: Duration::from_secs(seconds), from })
            }
            _ => Err(ServiceError::invalid(
                "invalid_wait",
                format!("wait takes seconds, such as 20s; at most {LONGEST}s"),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wait;

    #[test]
    fn a_wait_has_bounds() {
        let seconds = |text| Wait::parse(text, None).ok().map(|wait| wait.time.as_secs());
        assert_eq!(
            [seconds("20s"), seconds("20"), seconds("0s"), seconds("30s")],
            [Some(20), Some(20), Some(0), Some(30)]
        );
        for wrong in ["", "s", "31s", "-1s", "+1s", "1.5s", "1m", "99999999999999999999s"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
