//! What every list that has pages takes.

use clap::Args;
use jiff::Timestamp;

use crate::common::moment::{self, Period};
use crate::common::paging::PageRequest;

/// Where a list begins, how long it is, and in which form.
#[derive(Debug, Args)]
pub(super) struct PageArguments {
    /// Continue the list after this cursor: the `next` of the previous page
    #[arg(long)]
    pub(super) before: Option<String>,
    /// The page before this cursor: the `previous` of a page that was printed as JSON
    #[arg(long, conflicts_with = "before")]
    pub(super) after: Option<String>,
    /// How many items at most, 1 to 500
    #[arg(long, default_value_t = 50, allow_negative_numbers = true)]
    pub(super) limit: i64,
    /// Print JSON, for scripts
    #[arg(long)]
    pub(super) json: bool,
}

impl PageArguments {
    pub(super) fn request(&self) -> PageRequest {
        PageRequest { before: self.before.clone(), after: self.after.clone(), limit: Some(self.limit) }
    }
}

/// From when until when.
#[derive(Debug, Args)]
pub(super) struct PeriodArguments {
    /// From this time on: 1h (ago), yesterday, 2026-11-25 or 2026-11-25T14:00Z
    #[arg(long, value_name = "TIME", value_parser = moment::since_argument)]
    pub(super) since: Option<Timestamp>,
    /// Until this time; a date is in it to its end
    #[arg(long, value_name = "TIME", value_parser = moment::until_argument)]
    pub(super) until: Option<Timestamp>,
}

impl PeriodArguments {
    pub(super) fn period(&self) -> Period {
        Period { since: self.since, until: self.until }
    }
}
