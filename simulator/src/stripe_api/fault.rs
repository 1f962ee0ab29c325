//! What can be made to go wrong with an answer.

use std::collections::VecDeque;
use std::str::FromStr;
use std::time::Duration;

use crate::histories::Rng;

/// One way in which a request goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 429, with `Retry-After` in seconds where given.
    RateLimited { retry_after: Option<u64> },
    /// 500.
    ServerError,
    /// The right answer, later.
    Slow(Duration),
    /// Half of the right answer, then the connection breaks.
    CutOff,
    /// Objects as they were before their newest change.
    Stale,
}

/// A fault that any request may meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub fault: Fault,
    /// Of 100 requests.
    pub percent: u8,
}

/// `rate_limited=5%`, `server_error=2%`, `slow=1%`, `cut_off=1%`, `stale=10%`.
impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let takes =
            "takes rate_limited, server_error, slow, cut_off or stale with a percentage, such as stale=5%";
        let (name, percent) = text.split_once('=').ok_or(takes)?;
        let percent = percent.trim_end_matches('%').parse().ok().filter(|percent| *percent <= 100);
        let fault = match name {
            "rate_limited" => Fault::RateLimited { retry_after: Some(1) },
            "server_error" => Fault::ServerError,
            "slow" => Fault::Slow(Duration::from_secs(1)),
            "cut_off" => Fault::CutOff,
            "stale" => Fault::Stale,
            _ => return Err(takes.to_owned()),
        };
        Ok(Self { fault, percent: percent.ok_or(takes)? })
    }
}

/// The faults that are switched on: first those of the next requests, then any by chance.
#[derive(Debug)]
pub(super) struct Faults {
    pub(super) next: VecDeque<Fault>,
    pub(super) shares: Vec<Share>,
    rng: Rng,
}

impl Faults {
    pub(super) fn new(seed: u64) -> Self {
        Self { next: VecDeque::new(), shares: Vec::new(), rng: Rng::new(seed) }
    }

    /// What the next request meets.
    pub(super) fn take(&mut self) -> Option<Fault> {
        if let Some(fault) = self.next.pop_front() {
            return Some(fault);
        }
        let rng = &mut self.rng;
        self.shares.iter().find(|share| rng.chance(share.percent)).map(|share| share.fault)
    }
}
