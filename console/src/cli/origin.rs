//! Accounts and modes on the command line.

use clap::Args;

use crate::common::error::ServiceError;
use crate::common::origin::{Mode, OriginFilter};

/// Which accounts and modes a list takes in; all by default.
#[derive(Debug, Args)]
pub(super) struct OriginArguments {
    /// Only of this connected account, such as acct_1; `self` for the company's own
    #[arg(long)]
    pub(super) account: Option<String>,
    /// Only live or only test
    #[arg(long)]
    pub(super) mode: Option<Mode>,
}

impl OriginArguments {
    pub(super) fn filter(&self) -> Result<OriginFilter, ServiceError> {
        OriginFilter::new(self.account.as_deref(), self.mode)
    }
}

/// The mode as a cell of a table; empty where it is not known.
pub(super) fn mode_cell(livemode: Option<bool>) -> String {
    livemode.map(|livemode| Mode::of(livemode).to_string()).unwrap_or_default()
}
