//! What an invoice pays for, by its lines. A body holds at most ten.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stripe::objects::{Invoice as Version, Period};

use super::Invoice;

/// What the lines of an invoice that is no draft any more pay for; they do not change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// The period that they pay for together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// The periods that they pay for by subscription item.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub item_periods: BTreeMap<String, Period>,
    /// They bill usage whose period is over, and nothing in advance.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_arrears: bool,
}

impl Invoice {
    /// Takes in what a version says of the lines, if it has all of them.
    pub fn record_lines(&mut self, version: &Version) {
        if !version.has_more_lines && version.status != "draft" {
            self.lines = Some(lines_of(version));
        }
    }

    /// Whether lines that no body has shown may say what it pays for.
    pub(super) fn period_unknown(&self) -> bool {
        self.lines.is_none() && self.version().is_some_and(has_unknown_period)
    }

    /// What its lines say, as far as they are known.
    pub(super) fn known_lines(&self) -> Lines {
        self.lines.clone().or_else(|| self.version().map(lines_of)).unwrap_or_default()
    }
}

fn lines_of(version: &Version) -> Lines {
    Lines {
        period: version.period,
        item_periods: version.item_periods.clone(),
        in_arrears: version.in_arrears,
    }
}

/// Whether the lines of a subscription's period may be among those that the body leaves out. An invoice that somebody
/// made by hand has none.
fn has_unknown_period(version: &Version) -> bool {
    version.period.is_none() && version.has_more_lines && version.billing_reason.as_deref() != Some("manual")
}
