//! What every list that has pages takes.

use clap::Args;

use crate::common::paging::PageRequest;

/// Where a list begins, how long it is, and in which form.
#[derive(Debug, Args)]
pub(super) struct PageArguments {
    /// Continue the list after this cursor: the `next` of the previous page
    #[arg(long)]
    pub(super) before: Option<String>,
    /// How many items at most, 1 to 500
    #[arg(long, default_value_t = 50, allow_negative_numbers = true)]
    pub(super) limit: i64,
    /// Print JSON, for scripts
    #[arg(long)]
    pub(super) json: bool,
}

impl PageArguments {
    pub(super) fn request(&self) -> PageRequest {
        PageRequest { before: self.before.clone(), limit: Some(self.limit) }
    }
}
